#pragma once
#include "runner/pipeline/context.h"
#include "runner/pipeline/image_entry.h"
#include "runner/pipeline/job_variables.h"
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::pipeline {

/// A job, evaluated.
struct Evaluated {
    std::string name, stage;
    std::vector<std::string> script, after_script, pre_get_sources; ///< before_script is the beginning of script
    std::optional<ImageEntry> image;
    std::vector<NamedValue> variables;
    std::chrono::seconds timeout{3600};
};

/// The JSON of jobs/request for it.
std::string write_payload(const Evaluated& job, const Context& context);

} // namespace ysnp::pipeline
