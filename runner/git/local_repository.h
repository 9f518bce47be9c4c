#pragma once
#include "runner/git/object_store.h"
#include "runner/git/worktree.h"
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::git {

/// A person's own repository on this machine, for `exec` and `digest`: what `git` itself would read there. Not for what
/// comes from a remote; that is the worker's. Throws SourceFault where it cannot be read.
class LocalRepository {
public:
    struct Commit {
        std::string sha, branch;     ///< branch: short name, empty when detached
        std::string message, author; ///< author: "Name <mail>"
        std::int64_t time = 0;
        std::string origin; ///< URL of the remote `origin` without credentials, empty where there is none
    };

    /// The repository that `folder` lies in; nothing when it lies in none.
    static std::optional<LocalRepository> find(const std::filesystem::path& folder);
    ~LocalRepository();
    LocalRepository(LocalRepository&&) noexcept;

    const std::filesystem::path& folder() const noexcept; ///< top of the working tree
    /// Throws SourceFault while there is no commit.
    Commit head() const;
    /// Files of the commit at HEAD, as a checkout would make them.
    std::vector<WorktreeEntry> files() const;
    std::string content(const WorktreeEntry& entry) const;
    /// One file of the commit at HEAD of at most 1 MiB; nothing when there is none.
    std::optional<std::string> file(const std::string& path) const;
    const ObjectStore& store() const noexcept;
    std::string objects_dir() const;
    /// Paths of the working tree that git knows or would add: tracked and untracked ones, no ignored ones.
    std::vector<std::string> working_tree() const;

private:
    struct State;
    explicit LocalRepository(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace ysnp::git
