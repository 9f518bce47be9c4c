#pragma once
#include "runner/git/http_transport.h"
#include "runner/git/library.h"
#include "runner/git/oid.h"
#include <string>
#include <vector>

struct git_indexer_progress;

namespace ysnp::git {

/// A ref as the remote advertises it. For an annotated tag a second one follows, named with "^{}": what it points to.
struct Advertised {
    std::string name;
    Oid oid;
};

/// What to ask for: one object by its advertised name, or by its own.
struct Want {
    std::string name; ///< "refs/heads/main", or 40 hex digits
};

/// The remote repository, spoken to through libgit2. One connection: list, then fetch as often as needed.
class Remote {
public:
    /// `repository` receives what is fetched and must outlive the object.
    Remote(git_repository* repository, const SourceRequest& request);

    /// Connects and returns the refs. Throws SourceFault.
    std::vector<Advertised> list();
    /// Whether the remote sends an object that is wanted by its own name (allow-reachable-sha1-in-want).
    bool sends_any_object() const;
    /// Fetches the wants to `depth` commits (0: whole history, also of what the repository has only in part) into the
    /// repository's object store and its list of shallow commits; no ref changes. Throws SourceFault, and CorruptCache
    /// where the remote or the repository may be the cause.
    void download(const std::vector<Want>& wants, std::uint32_t depth);

    std::uint64_t received_bytes() const noexcept { return transport_.received_bytes(); }
    std::uint64_t received_objects() const noexcept { return received_objects_; }

private:
    void check(int code, const char* what);
    static int make_transport(git_transport** out, git_remote* owner, void* self);
    static int count_objects(const git_indexer_progress* progress, void* self);

    git_repository* repository_;
    Limits limits_;
    std::string url_;
    HttpTransport transport_; // outlives remote_
    Handle<git_remote> remote_;
    std::uint64_t received_objects_ = 0;
};

} // namespace ysnp::git
