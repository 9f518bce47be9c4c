#pragma once
#include "runner/cli/parse.h"

namespace CLI {
class App;
}

namespace ysnp::cli {

/// Declares every command and flag; parsing fills `line`, which must outlive `app`.
void declare(CLI::App& app, CommandLine& line);

} // namespace ysnp::cli
