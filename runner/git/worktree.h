#pragma once
#include "runner/git/names.h"
#include "runner/git/object_store.h"
#include "runner/git/request.h"
#include <string>
#include <vector>

namespace ysnp::git {

/// One entry of a checkout.
struct WorktreeEntry {
    std::string path; ///< from the project's folder, '/' between components
    EntryType type = EntryType::file;
    Oid oid;
    std::uint64_t size = 0; ///< of a file's or symlink's content
};

/// All that a checkout of `tree` puts into the project's folder, folders before their content, otherwise in the order
/// of git's index. Looks at every name, mode and size first, so that a tree is refused as a whole: SourceFault (GIT-OBJ
/// for hostile names and kinds, GIT-LIMIT for number, size and depth), before a byte is written.
std::vector<WorktreeEntry> list_worktree(const ObjectStore& store, const Oid& tree, const Limits& limits);

} // namespace ysnp::git
