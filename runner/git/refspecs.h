#pragma once
#include "runner/git/request.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::git {

/// One rule of what to fetch, out of the fixed grammar. A wildcard stands for one or more path components at the end.
struct Refspec {
    std::string source;      ///< "refs/heads/main", or "refs/heads/" with wildcard
    std::string destination; ///< "refs/remotes/origin/main", or "refs/remotes/origin/"
    bool wildcard = false;

    /// The name in the job's repository for a ref of the remote; nullopt if the rule is not about it.
    std::optional<std::string> map(std::string_view remote_name) const;
};

/// Checks the payload's refspecs: at most 64, each `+refs/heads/X:refs/remotes/origin/X`, `+refs/tags/X:refs/tags/X`,
/// or `+refs/{pipelines,merge-requests,workloads}/X` onto itself; X may be `*` for heads and tags. Where there are none
/// one is built from ref and type. Throws SourceFault (GIT-REF).
std::vector<Refspec> checked_refspecs(const SourceRequest& request);

/// git-check-ref-format(1), for a name below refs/.
bool valid_ref_name(std::string_view name) noexcept;

} // namespace ysnp::git
