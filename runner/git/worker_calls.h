#pragma once
#include "runner/git/syscall_filter.h"

namespace ysnp::git {

enum class Sockets {
    none,
    tcp,         ///< TCP over IPv4 and IPv6
    tcp_and_udp, ///< UDP as well, to ask a name server
};

/// What libgit2, Asio, OpenSSL and the C library need in a worker: files, memory, threads, the client's side of a
/// connection. No other process, no program, no Unix socket, no server, nothing that is writable and executable.
CallRules worker_calls(Sockets sockets);

} // namespace ysnp::git
