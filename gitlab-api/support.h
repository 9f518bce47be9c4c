#pragma once
#include "gitlab-api/payload.h"
#include <string>
#include <vector>

namespace ysnp::gitlab {

/// Something that a job needs and this runner does not do.
struct Unsupported {
    std::string field; ///< "services", "artifacts[0].paths", "variables.GIT_SUBMODULE_STRATEGY"
    std::string why;   ///< a sentence for the job log: what it is and what to do
};

/// All that a job needs and we do not do. Not empty: the job fails before any effect, exit code 3.
std::vector<Unsupported> unsupported(const Job& job);

/// Exit code of a job that fails for its options (GitLab Runner reports the same).
inline constexpr int unsupported_exit_code = 3;

} // namespace ysnp::gitlab
