#pragma once
#include "gitlab-api/failure_reason.h"
#include <exception>
#include <stdexcept>
#include <string>

namespace ysnp::job {

/// How a job ended, for GitLab and for the last line of its log.
struct Outcome {
    bool success = false;
    gitlab::FailureReason reason = gitlab::FailureReason::script_failure;
    int exit_code = 0;    ///< sent to GitLab when it is not 0
    std::string text;     ///< "exit code 3"; empty with success
    std::string kind{};   ///< "denied by policy": said before the text in the log
    bool reported = true; ///< false: the job is no longer ours, nothing may be sent

    /// "Job succeeded", "Job failed: exit code 3" or "Job failed (system failure): …"
    std::string verdict() const;
};

/// Ends the job: thrown by whatever cannot go on, caught at the job's boundary.
class JobError : public std::runtime_error {
public:
    JobError(gitlab::FailureReason reason, const std::string& text, int exit_code = 0)
        : std::runtime_error(text), reason_(reason), exit_code_(exit_code)
    {
    }
    gitlab::FailureReason reason() const noexcept { return reason_; }
    int exit_code() const noexcept { return exit_code_; }

private:
    gitlab::FailureReason reason_;
    int exit_code_;
};

/// The outcome that an exception means: who has to act, in plain words.
Outcome outcome_of(const std::exception_ptr& error);

} // namespace ysnp::job
