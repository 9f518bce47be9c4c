#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::gitlab {

/// Why a job failed, in GitLab's words (`failure_reason` of PUT /jobs/:id).
enum class FailureReason {
    script_failure,                     ///< the user's script returned non-zero; also a refusal by the gate
    runner_system_failure,              ///< our own fault, or the host's
    job_execution_timeout,              ///< job, script, prepare or sources ran out of time
    image_pull_failure,                 ///< a pull failed for a reason we cannot name
    runner_configuration_error,         ///< image missing or denied, pull policy not allowed, bad option
    runner_external_dependency_failure, ///< registry, DNS, TCP or TLS unreachable
    runner_interrupted,                 ///< the runner was told to stop
    unknown_failure,
    job_canceled, ///< internal; sent raw only for a job that was cancelled before it started
};
std::string_view to_string(FailureReason reason) noexcept;
std::optional<FailureReason> failure_reason_of(std::string_view text) noexcept;

/// What to send to a GitLab that accepts `supported` (Features::failure_reasons): the reason itself, its documented
/// fallback, or `unknown_failure`. The three basics are always accepted.
std::string_view reason_for(FailureReason reason, const std::vector<std::string>& supported) noexcept;

} // namespace ysnp::gitlab
