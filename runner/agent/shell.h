#pragma once
#include <string>
#include <vector>

namespace ysnp::agent {

enum class Shell { bash, sh };

/// What follows the image's entrypoint: `sh` that becomes the first usable of bash (unless `wanted` is sh) and sh, as
/// gitlab-runner looks for them, and reads the script from standard input. Without any it prints "shell not found" and
/// exits 1.
std::vector<std::string> shell_command(Shell wanted);

/// The whole argv of a stage: the entrypoint (an empty string in it, as in `entrypoint: [""]`, means none), then
/// shell_command().
std::vector<std::string> stage_command(const std::vector<std::string>& entrypoint, Shell wanted);

} // namespace ysnp::agent
