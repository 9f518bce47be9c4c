#pragma once
#include "test/double/http_server.h"
#include <filesystem>

namespace ysnp::test {

/// Serves one request of git's smart HTTP protocol by `git http-backend` (a CGI program) on a bare repository: the
/// request's body streams into it, its answer streams out as it comes. `path` is the part of the target after the
/// repository: "/info/refs", "/git-upload-pack", "/git-receive-pack". The request must not have been collected.
boost::asio::awaitable<void> serve_git(Peer& peer, const Recorded& request, std::filesystem::path repository,
                                       std::string path);

} // namespace ysnp::test
