#pragma once
#include "runner/cli/options.h"
#include <stdexcept>
#include <string>
#include <vector>

namespace ysnp::cli {

/// The command line is not one of ours; what() says what to write instead.
class UsageError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct CommandLine {
    Global global;
    Command command;
};

/// Parses the arguments without the program's name, and the environment names that stand for flags. Global flags may
/// stand before or after the command. Throws UsageError.
CommandLine parse(const std::vector<std::string>& arguments);

/// One command as it is known: for completions and for the test that keeps the man page complete.
struct KnownFlag {
    std::string name; // "--config", "-c"
    bool takes_value = false;
    std::string description;
};
struct KnownCommand {
    std::string name; // "gate allow"; empty: the program itself
    std::string description;
    std::vector<KnownFlag> flags;
};
std::vector<KnownCommand> known_commands();

} // namespace ysnp::cli
