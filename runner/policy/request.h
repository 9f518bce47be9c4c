#pragma once
#include "checks/decide.h"
#include <chrono>
#include <string>

namespace ysnp::gitlab {
struct Job;
} // namespace ysnp::gitlab

namespace ysnp::policy {

/// Who asks for approval.
struct Asker {
    std::string gitlab; ///< origin of the GitLab that sent the job
    std::string runner; ///< name of the runner entry
};

/// The request that a decision of Verdict::ask calls for, with a nonce of its own, good for `wait` from now. Throws
/// system_error where there are no random numbers.
checks::ApprovalRequest request_for(const checks::Decision& decision, const gitlab::Job& job, const Asker& asker,
                                    std::chrono::seconds wait);

} // namespace ysnp::policy
