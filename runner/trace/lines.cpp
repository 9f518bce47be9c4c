#include "runner/trace/lines.h"
#include <algorithm>

namespace ysnp::trace {

namespace {

constexpr std::string_view reset = "\x1b[0;m";
constexpr std::string_view clear_line = "\x1b[0K";

std::string_view before(Style style) noexcept
{
    switch (style) {
    case Style::plain:
        return clear_line;
    case Style::info:
    case Style::script_notice:
        return "\x1b[32;1m";
    case Style::warning:
        return "\x1b[0;33mWARNING: ";
    case Style::error:
        return "\x1b[31;1mERROR: ";
    case Style::script_plain:
        return reset;
    case Style::script_warning:
        return "\x1b[0;33m";
    case Style::script_error:
        return "\x1b[31;1m";
    case Style::none:
        return {};
    }
    return {};
}

std::string section_marker(std::string_view kind, std::chrono::system_clock::time_point at, std::string_view name)
{
    std::string safe(name);
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
               c == '-';
    };
    std::replace_if(
        safe.begin(), safe.end(), [&](char c) { return !fits(c); }, '_');
    const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
    return std::string(kind) + ':' + std::to_string(seconds) + ':' + safe + '\r' + std::string(clear_line);
}

} // namespace

std::string line(Style style, std::string_view text)
{
    const bool resets = style != Style::script_plain && style != Style::none;
    std::string result;
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = std::min(text.find('\n', from), text.size());
        result += before(style);
        result += text.substr(from, end - from);
        if (resets) result += reset;
        result += '\n';
        from = end + 1;
        if (from == text.size()) break; // the text's own last newline
    }
    return result;
}

std::string section_start(std::chrono::system_clock::time_point at, std::string_view name)
{
    return section_marker("section_start", at, name);
}

std::string section_end(std::chrono::system_clock::time_point at, std::string_view name)
{
    return section_marker("section_end", at, name);
}

std::string section_title(std::string_view title)
{
    std::string result(clear_line);
    result += "\x1b[36;1m";
    result += title;
    result += reset;
    result += reset;
    result += '\n';
    return result;
}

std::string service_line(std::string_view service, std::string_view text)
{
    std::string result = "\x1b[0;37m[service:";
    result += service;
    result += "] ";
    result += text;
    result += reset;
    result += '\n';
    return result;
}

} // namespace ysnp::trace
