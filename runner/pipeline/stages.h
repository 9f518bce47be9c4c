#pragma once
#include "runner/pipeline/job_view.h"
#include <string>
#include <vector>

namespace ysnp::pipeline {

/// `stages:`, or GitLab's default ones, between .pre and .post. Throws PipelineError.
std::vector<std::string> stages_of(const Value& config);
/// The job's stage, "test" when it names none. Throws PipelineError when there is no such stage.
std::string stage_of(const Value& config, const JobView& job);

} // namespace ysnp::pipeline
