#pragma once
#include <string>
#include <vector>

namespace ysnp::test {

struct ShellResult {
    int exit_code = 0; ///< 128 + signal where a signal ended it
    std::string output;
};

/// Feeds the script to the shell's standard input, as the agent does; both of its streams in one.
ShellResult feed(const std::vector<std::string>& shell, const std::string& script);

/// The shells a job may meet that this machine has: bash, dash, BusyBox ash.
std::vector<std::vector<std::string>> shells();

} // namespace ysnp::test
