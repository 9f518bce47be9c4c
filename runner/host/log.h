#pragma once
#include "conf/config.h"
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>

namespace ysnp::host {

/// One named value of a line, as dashboards index them: job, project, runner, runner_name, status, duration_s.
struct Field {
    std::string_view name;
    std::string value;
};

/// Where the program's log goes: standard error. Text is `message<padded to 50> name=value …` with `WARNING: ` and
/// `ERROR: ` in front; json is one object a line with level, msg, time (RFC 3339) and the fields. Colour only on a
/// terminal and without NO_COLOR. Values hold no secrets: who logs sees to that. Before set_up_log the format is text.
void set_up_log(conf::Log options);
void set_log_level(conf::LogLevel level);
/// Tests catch the lines here; an empty function gives standard error back.
void capture_log(std::function<void(std::string_view line)> sink);

void log(conf::LogLevel level, std::string_view message, std::initializer_list<Field> fields = {});
inline void debug(std::string_view message, std::initializer_list<Field> fields = {})
{
    log(conf::LogLevel::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {})
{
    log(conf::LogLevel::info, message, fields);
}
/// Something is degraded; the runner goes on.
inline void warn(std::string_view message, std::initializer_list<Field> fields = {})
{
    log(conf::LogLevel::warning, message, fields);
}
/// Somebody has to act.
inline void error(std::string_view message, std::initializer_list<Field> fields = {})
{
    log(conf::LogLevel::error, message, fields);
}

} // namespace ysnp::host
