#pragma once
#include "net/http.h"
#include "runner/git/request.h"
#include <exception>
#include <memory>

struct git_transport;
struct git_remote;

namespace ysnp::git {

/// Git's smart HTTP protocol (gitprotocol-http(5), versions 0 and 1) for libgit2, on the program's own HTTP client: its
/// TLS, proxy and redirect rules, the token for one origin only, and bounds on what the remote may send.
class HttpTransport {
public:
    explicit HttpTransport(const SourceRequest& request);
    ~HttpTransport();
    HttpTransport(const HttpTransport&) = delete;

    /// For git_remote_callbacks.transport, with this object as payload (`param`), which must outlive the remote.
    static int create(git_transport** out, git_remote* owner, void* param);

    /// Throws what went wrong inside a callback of libgit2 since the last call, if anything did.
    void rethrow();
    /// Notes what goes wrong inside a callback; rethrow() brings it back where C++ may throw.
    void remember(std::exception_ptr failure) noexcept;
    std::uint64_t received_bytes() const noexcept;
    /// The transport that libgit2 made for the remote; null before it connected.
    git_transport* handle() const noexcept;

    struct Impl;

private:
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::git
