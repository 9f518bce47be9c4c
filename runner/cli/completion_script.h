#pragma once
#include "runner/cli/parse.h"
#include <string>
#include <vector>

namespace ysnp::cli {

/// Completions for "bash", "zsh" or "fish", made from the commands themselves. conf/dist/completions holds what this
/// gives; a test compares.
std::string completion_script(const std::string& shell, const std::vector<KnownCommand>& commands);

} // namespace ysnp::cli
