#pragma once
#include "gitlab-api/payload.h"
#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::job {

/// What a job's variables say about how the runner treats it. Values that make no sense are replaced by the default,
/// with a warning for the job's log; none of them loosens anything.
struct Settings {
    std::optional<std::chrono::milliseconds> script_timeout; ///< RUNNER_SCRIPT_TIMEOUT; unset: the job's
    std::chrono::milliseconds after_script_timeout{std::chrono::minutes(5)};
    bool after_script_ignore_errors = true;
    bool debug_trace = false;  ///< CI_DEBUG_TRACE: the shell traces itself
    bool restrict_log = false; ///< that, or CI_DEBUG_SERVICES: GitLab shows the log to few
    std::vector<std::string> warnings;
};

/// `longest` is the time the job has in all.
Settings read_settings(const gitlab::Job& job, std::chrono::milliseconds longest);

} // namespace ysnp::job
