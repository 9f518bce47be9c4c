#pragma once
#include <string>
#include <vector>

namespace ysnp::agent {

/// What follows the image's entrypoint: `sh` that becomes the first usable of bash and sh, as gitlab-runner looks for
/// them, and reads the script from standard input. Without any it prints "shell not found" and exits 1.
std::vector<std::string> shell_command();

/// The whole argv of a stage: the entrypoint (an empty string in it, as in `entrypoint: [""]`, means none), then
/// shell_command().
std::vector<std::string> stage_command(const std::vector<std::string>& entrypoint);

} // namespace ysnp::agent
