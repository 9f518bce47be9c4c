#pragma once
#include "docker/engine.h"
#include <string>

namespace ysnp::job {

/// The content of one small file of a created, never started container; empty where there is none, where it is no
/// ordinary file, or where it is larger than `most` bytes.
boost::asio::awaitable<std::string> read_file(docker::Engine& engine, docker::ContainerId container, std::string path,
                                              Deadline until, std::size_t most = 1u << 20);

/// The content of the first member of a ustar archive if it is an ordinary file that is there in whole.
std::string first_file(std::string_view archive);

} // namespace ysnp::job
