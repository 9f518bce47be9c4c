#pragma once
#include <string>
#include <vector>

namespace ysnp::test {

/// The Engine that the tests use, through the docker client of the machine: $DOCKER_HOST, else the machine's own.
std::string engine_socket();
/// `docker ARGUMENTS`; its output without the last line break. Throws with its error text.
std::string docker(const std::string& arguments);

/// A small image with BusyBox: made once, then there. Its shell is /bin/sh, its root is root.
inline constexpr const char* busybox = "ysnp-test/busybox:1";
void make_images();
/// Another image from BusyBox with changes in Dockerfile words, such as {"USER 1000", "ENTRYPOINT [\"/x\"]"}.
void make_image(const std::string& name, const std::vector<std::string>& changes, const std::string& more_files = "");

} // namespace ysnp::test
