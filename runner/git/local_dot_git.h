#pragma once
#include "runner/git/local_repository.h"
#include <cstdint>
#include <string>
#include <vector>

namespace ysnp::git {

/// A file or folder of a `.git`, by its path from there.
struct DotGitEntry {
    std::string path; ///< "objects/pack/pack-….idx"; empty: the folder itself
    EntryType type = EntryType::file;
    std::string content;
};

/// The `.git` that a job of this repository finds, as a fetch from GitLab would make it: HEAD detached at the commit at
/// HEAD, the last `depth` commits of its history (0: all that is here), its branch as the remote's, the origin without
/// credentials, and the index of a checkout whose files have the commit's time. Holds the packed history in memory.
/// Throws SourceFault and CorruptCache.
std::vector<DotGitEntry> dot_git_of(const LocalRepository& repository, std::uint32_t depth,
                                    const std::string& origin_url);

} // namespace ysnp::git
