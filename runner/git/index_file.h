#pragma once
#include "runner/git/worktree.h"
#include <string>

namespace ysnp::git {

/// What the index remembers of every file: all of a fresh checkout have these.
struct IndexStat {
    std::uint32_t mtime = 0; ///< seconds since 1970
    std::uint32_t uid = 0;
    std::uint32_t gid = 0;
};

/// The index of a fresh checkout (gitformat-index(5), version 2). Device, inode and ctime are unknown here and zero:
/// with core.checkStat=minimal git compares time and size only, and finds the tree clean without reading it.
std::string index_file(const std::vector<WorktreeEntry>& entries, const IndexStat& stat);

} // namespace ysnp::git
