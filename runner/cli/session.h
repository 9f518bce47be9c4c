#pragma once
#include "conf/load.h"
#include "runner/cli/console.h"
#include "runner/cli/exit_code.h"
#include "runner/cli/options.h"
#include <stdexcept>
#include <string>

namespace ysnp::cli {

/// Ends a command: what() is the one line that the person reads.
class CommandError : public std::runtime_error {
public:
    CommandError(ExitCode code, const std::string& what) : std::runtime_error(what), code_(code) {}
    ExitCode code() const noexcept { return code_; }

private:
    ExitCode code_;
};

/// What a command works with.
struct Session {
    Console& console;
    Global global;
    conf::Environment environment;
    std::filesystem::path machine_id = "/etc/machine-id";
};

/// The file of -c, else the first that exists of those without it; nothing where there is none.
std::optional<std::filesystem::path> config_file(const Session& session);
/// The same; nothing too where nobody named it with -c and it is somebody else's: the runner's, which only that reads.
std::optional<std::filesystem::path> peoples_config(const Session& session);
/// Loads it and sets the log up. Warnings go to the log; mistakes are printed there too and throw CommandError with
/// `code`.
conf::Config load_config(Session& session, ExitCode code);
/// The same where no file is fine (peoples_config): then the defaults.
conf::Config load_config_or_defaults(Session& session, ExitCode code);
/// The log as the command line wants it, else as `log` says.
void apply_log(const Global& global, conf::Log log);

} // namespace ysnp::cli
