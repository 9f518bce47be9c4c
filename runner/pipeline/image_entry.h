#pragma once
#include "runner/pipeline/job_view.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::pipeline {

/// `image:` of a job, a name or a map.
struct ImageEntry {
    std::string name;
    std::optional<std::vector<std::string>> entrypoint;
    std::vector<std::string> pull_policy;
    std::string docker_user, docker_platform;
    bool for_kubernetes = false; ///< has options that mean nothing to Docker
};

/// Nothing when the job names none: the runner's default is used. Throws PipelineError.
std::optional<ImageEntry> image_of(const JobView& job);

} // namespace ysnp::pipeline
