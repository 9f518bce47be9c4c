#include "runner/host/log.h"
#include "runner/host/log_line.h"
#include <chrono>
#include <cstdlib>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace ysnp::host {
namespace {

spdlog::level::level_enum level_of(conf::LogLevel level)
{
    switch (level) {
    case conf::LogLevel::debug:
        return spdlog::level::debug;
    case conf::LogLevel::info:
        return spdlog::level::info;
    case conf::LogLevel::warning:
        return spdlog::level::warn;
    case conf::LogLevel::error:
        return spdlog::level::err;
    }
    return spdlog::level::info;
}

/// The program's one log; spdlog's own pattern is the bare line, as we shape it ourselves.
struct Log {
    Log() : logger("ysnprunner", std::make_shared<spdlog::sinks::stderr_sink_mt>())
    {
        logger.set_pattern("%v");
        logger.flush_on(spdlog::level::debug);
        colour = ::isatty(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr ? Colour::on : Colour::off;
    }
    spdlog::logger logger;
    conf::LogFormat format = conf::LogFormat::text;
    Colour colour = Colour::off;
    std::function<void(std::string_view)> captured;
};

Log& the_log()
{
    static Log log;
    return log;
}

} // namespace

void set_up_log(conf::Log options)
{
    the_log().format = options.format;
    set_log_level(options.level);
}

void set_log_level(conf::LogLevel level) { the_log().logger.set_level(level_of(level)); }

void capture_log(std::function<void(std::string_view line)> sink) { the_log().captured = std::move(sink); }

void log(conf::LogLevel level, std::string_view message, std::initializer_list<Field> fields)
{
    Log& log = the_log();
    if (!log.logger.should_log(level_of(level))) return;
    const std::span<const Field> list(fields.begin(), fields.size());
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const std::string line = log.format == conf::LogFormat::json ? json_line(level, message, list, now)
                                                                 : text_line(level, message, list, log.colour);
    if (log.captured) return log.captured(line);
    log.logger.log(level_of(level), line);
}

} // namespace ysnp::host
