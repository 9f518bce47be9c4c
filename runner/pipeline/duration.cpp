#include "runner/pipeline/duration.h"
#include <charconv>

namespace ysnp::pipeline {
namespace {

constexpr std::string_view blanks = " \t,";

std::optional<std::int64_t> unit_seconds(std::string_view unit)
{
    constexpr struct {
        std::string_view name;
        std::int64_t seconds;
    } units[] = {{"s", 1},      {"sec", 1},       {"secs", 1},      {"second", 1},   {"seconds", 1}, {"m", 60},
                 {"min", 60},   {"mins", 60},     {"minute", 60},   {"minutes", 60}, {"h", 3600},    {"hr", 3600},
                 {"hrs", 3600}, {"hour", 3600},   {"hours", 3600},  {"d", 86400},    {"day", 86400}, {"days", 86400},
                 {"w", 604800}, {"week", 604800}, {"weeks", 604800}};
    for (const auto& each : units)
        if (each.name == unit) return each.seconds;
    return std::nullopt;
}

void skip(std::string_view& text, std::string_view characters)
{
    text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

} // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text)
{
    constexpr std::int64_t longest = 31 * 86400;
    std::int64_t total = 0;
    for (skip(text, blanks); !text.empty(); skip(text, blanks)) {
        if (text.starts_with("and ")) {
            text.remove_prefix(4);
            continue;
        }
        std::int64_t count = 0;
        const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
        if (error != std::errc{} || count < 0 || count > longest) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
        skip(text, blanks);
        const auto unit = text.substr(0, text.find_first_of(" \t,0123456789"));
        const auto seconds = unit.empty() || unit == "and" ? std::optional<std::int64_t>(1) : unit_seconds(unit);
        if (!seconds) return std::nullopt;
        if (unit != "and") text.remove_prefix(unit.size());
        total += count * *seconds;
        if (total > longest) return std::nullopt;
    }
    if (total == 0) return std::nullopt;
    return std::chrono::seconds(total);
}

} // namespace ysnp::pipeline
