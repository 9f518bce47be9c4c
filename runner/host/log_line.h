#pragma once
#include "conf/config.h"
#include "runner/host/log.h"
#include <chrono>
#include <span>
#include <string>

namespace ysnp::host {

enum class Colour { off, on };

/// `Checking for jobs... received                      job=7 runner=glrt-abc`, without a newline.
std::string text_line(conf::LogLevel level, std::string_view message, std::span<const Field> fields, Colour colour);
/// `{"job":"7","level":"info","msg":"…","time":"2027-01-31T10:00:00Z"}`
std::string json_line(conf::LogLevel level, std::string_view message, std::span<const Field> fields,
                      std::chrono::sys_seconds time);

} // namespace ysnp::host
