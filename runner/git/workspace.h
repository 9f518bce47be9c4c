#pragma once
#include "runner/git/dot_git.h"
#include "runner/git/job_pack.h"
#include "runner/git/request.h"
#include "runner/git/worktree.h"
#include "runner/tar/tar_writer.h"
#include <optional>

namespace ysnp::git {

/// The project's folder as a tar stream: owner as in the request, modes as under umask 0 (files 0666, executables and
/// folders 0777), the job's repository, the files straight from the object store. Nothing is unpacked on the host.
class Workspace {
public:
    Workspace(const SourceRequest& request, tar::Writer& tar);

    /// The folders that lead to the project's, and itself.
    void folders();
    /// The project's .git; without `entries` nothing is checked out and HEAD is unborn.
    void repository(const Refs& refs, const History& history, const Oid& sha, const JobPack& pack,
                    const std::vector<WorktreeEntry>* entries);
    void files(const ObjectStore& store, const std::vector<WorktreeEntry>& entries);

private:
    tar::Entry entry(const std::string& path, tar::Type type, unsigned mode, std::int64_t mtime) const;
    void folder(const std::string& path);
    void text(const std::string& path, std::string_view content);
    void copy(const std::string& path, const File& file);

    const SourceRequest& request_;
    tar::Writer& tar_;
    std::int64_t now_;        // of the index
    std::int64_t files_time_; // of the files: older than the index, so that git need not look into them
};

} // namespace ysnp::git
