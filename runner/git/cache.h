#pragma once
#include "runner/git/library.h"
#include "runner/git/oid.h"
#include <cstdint>
#include <string>
#include <vector>

namespace ysnp::git {

/// Another worker discarded the cache while this one waited for the lock: begin again.
struct CacheReplaced {};

/// The host's store of one project's objects: a bare repository, private to the runner's user, shared by the workers of
/// that project through a lock. No job ever reads or writes it; what a job gets is copied.
class Cache {
public:
    /// Creates the folder (0700) if needed. SourceFault (host) if it is a link, or somebody else's, or open to others.
    explicit Cache(const std::string& dir);
    ~Cache();
    Cache(const Cache&) = delete;

    enum class Lock { shared, exclusive };
    /// Waits for the lock. The parent's deadline ends the wait.
    void lock(Lock kind);
    /// Changes the kind of lock held. Others may come in between: throws CacheReplaced if they discarded what was open.
    void relock(Lock kind);

    /// Opens the bare repository, and creates it under an exclusive lock. Throws CorruptCache.
    Handle<git_repository> open();
    bool exists() const;
    /// Throws everything away. Needs the exclusive lock.
    void discard();

    /// Remembers commits as a starting point for later fetches; the oldest are forgotten. Needs the exclusive lock.
    void remember_tips(git_repository* repository, const std::vector<Oid>& commits) const;

    /// The commits that are remembered.
    std::vector<Oid> tips(git_repository* repository) const;
    /// Whether some commits lack their parents.
    bool is_shallow() const;
    /// Writes down which commits lack their parents: the next fetch tells the remote. Needs the exclusive lock.
    void note_shallow(std::vector<Oid> commits) const;

    std::string objects_dir() const { return repository_dir() + "/objects"; }
    /// Folder of the packs made for jobs.
    std::string packs_dir() const { return dir_ + "/packs"; }

private:
    std::string repository_dir() const { return dir_ + "/objects.git"; }
    std::uint64_t identity() const;

    std::string dir_;
    int lock_fd_ = -1;
};

} // namespace ysnp::git
