#include "runner/cli/session.h"
#include "runner/host/log.h"
#include <fcntl.h>
#include <unistd.h>

namespace ysnp::cli {
namespace {

conf::LogLevel level_of(const std::string& name)
{
    if (name == "debug") return conf::LogLevel::debug;
    if (name == "info") return conf::LogLevel::info;
    return name.starts_with("warn") ? conf::LogLevel::warning : conf::LogLevel::error;
}

void say(const std::vector<conf::Problem>& problems)
{
    for (conf::Problem problem : problems) {
        const auto level = problem.severity == conf::Severity::error ? conf::LogLevel::error : conf::LogLevel::warning;
        problem.severity = conf::Severity::error; // the log's own prefix tells
        host::log(level, problem.to_string());
    }
}

} // namespace

std::optional<std::filesystem::path> config_file(const Session& session)
{
    if (!session.global.config.empty()) return std::filesystem::path(session.global.config);
    return conf::find_config(session.environment);
}

std::optional<std::filesystem::path> peoples_config(const Session& session)
{
    auto file = config_file(session);
    const bool named = !session.global.config.empty();
    const bool ours = file && (named || ::faccessat(AT_FDCWD, file->c_str(), R_OK, AT_EACCESS) == 0);
    return ours ? std::move(file) : std::nullopt;
}

void apply_log(const Global& global, conf::Log log)
{
    if (!global.log_level.empty()) log.level = level_of(global.log_level);
    if (global.debug) log.level = conf::LogLevel::debug;
    if (!global.log_format.empty())
        log.format = global.log_format == "json" ? conf::LogFormat::json : conf::LogFormat::text;
    host::set_up_log(log);
}

conf::Config load_config(Session& session, ExitCode code)
{
    const auto file = config_file(session);
    if (!file)
        throw CommandError(code, "no configuration: expected ~/.config/ysnprunner/config.yml or "
                                 "/etc/ysnprunner/config.yml; name one with -c, or begin with `ysnprunner register`");
    conf::Loaded loaded = conf::load(*file, session.environment);
    if (loaded.config) apply_log(session.global, loaded.config->log);
    say(loaded.problems);
    if (!loaded.config) throw CommandError(code, "the configuration " + file->string() + " cannot be used; see above");
    return std::move(*loaded.config);
}

conf::Config load_config_or_defaults(Session& session, ExitCode code)
{
    if (peoples_config(session)) return load_config(session, code);
    if (const auto file = config_file(session))
        host::warn("the configuration " + file->string() + " is not yours to read, and left alone");
    return conf::defaults(session.environment);
}

} // namespace ysnp::cli
