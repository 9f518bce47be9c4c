#pragma once
#include "runner/pipeline/job_view.h"
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::pipeline {

/// The lines of `script`, `before_script`, `after_script` or a hook: a string, or a list of strings and lists of them,
/// up to ten levels deep, flattened. Empty when the keyword is not there. Throws PipelineError.
std::vector<std::string> commands(const JobView& job, std::string_view keyword);
/// `hooks: pre_get_sources_script`
std::vector<std::string> pre_get_sources(const JobView& job);

} // namespace ysnp::pipeline
