#pragma once
#include "runner/git/dot_git.h"
#include "runner/git/refspecs.h"
#include "runner/git/remote.h"
#include <vector>

namespace ysnp::git {

/// A tag that comes along if its commit is in the job's history.
struct TagCandidate {
    std::string name; ///< "refs/tags/v1"
    Oid oid;          ///< the tag object, or the commit itself
    Oid commit;       ///< what it finally points to
};

/// What the job's repository is to contain, out of what the remote advertises.
struct Plan {
    Refs refs;               ///< names in the job's repository
    std::vector<Want> wants; ///< what to ask the remote for
    std::vector<Oid> tips;   ///< where the job's history begins, each once; the job's commit among them
    bool sha_is_tip = false; ///< a wanted ref points to the job's commit
    std::vector<TagCandidate> tags;
};

/// Pure. Throws SourceFault: GIT-REF where a refspec names a ref that the remote does not have, GIT-OBJ for names of
/// refs that git would not accept.
Plan make_plan(const std::vector<Advertised>& advertised, const std::vector<Refspec>& refspecs, const Oid& sha,
               TagFollowing tags);

} // namespace ysnp::git
