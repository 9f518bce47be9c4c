#pragma once
#include "runner/pipeline/job_view.h"
#include <string>
#include <vector>

namespace ysnp::pipeline {

struct NamedValue {
    std::string key;
    std::string value;
    bool is_public = true;
    bool masked = false;
    bool raw = false;
};

/// The file's variables for a job: the top level's as far as it inherits them, its own over them. Throws PipelineError.
std::vector<NamedValue> job_variables(const Value& config, const JobView& job);

} // namespace ysnp::pipeline
