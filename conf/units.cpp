#include "conf/units.h"
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <utility>

namespace ysnp::conf {
namespace {

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

/// Takes digits from the front of `text`.
std::optional<std::uint64_t> take_number(std::string_view& text)
{
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

/// Takes a number and the unit that follows it; the longest name that fits must come first in `units`.
template <std::size_t Count>
std::optional<std::uint64_t> take_quantity(std::string_view& text, const std::array<Unit, Count>& units)
{
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    for (const Unit& unit : units) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / unit.factor)
            return std::nullopt;
        return *number * unit.factor;
    }
    return std::nullopt;
}

constexpr std::array<Unit, 5> duration_units{
    {{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};

constexpr std::array<Unit, 20> size_units{{{"KiB", 1u << 10},
                                           {"MiB", 1u << 20},
                                           {"GiB", 1u << 30},
                                           {"TiB", std::uint64_t(1) << 40},
                                           {"kB", 1000},
                                           {"KB", 1000},
                                           {"MB", 1'000'000},
                                           {"GB", 1'000'000'000},
                                           {"TB", 1'000'000'000'000},
                                           {"B", 1},
                                           {"b", 1},
                                           {"k", 1u << 10},
                                           {"K", 1u << 10},
                                           {"m", 1u << 20},
                                           {"M", 1u << 20},
                                           {"g", 1u << 30},
                                           {"G", 1u << 30},
                                           {"t", std::uint64_t(1) << 40},
                                           {"T", std::uint64_t(1) << 40},
                                           {"bytes", 1}}};

/// Exactly `width` digits.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t width)
{
    if (text.size() < at + width) return std::nullopt;
    int value = 0;
    for (std::size_t index = at; index < at + width; ++index) {
        if (text[index] < '0' || text[index] > '9') return std::nullopt;
        value = value * 10 + (text[index] - '0');
    }
    return value;
}

/// The offset behind the seconds: "Z", or "+02:00"; fractions before it are skipped.
std::optional<std::chrono::minutes> offset(std::string_view rest)
{
    if (rest.starts_with('.')) {
        const auto end = rest.find_first_not_of("0123456789", 1);
        if (end == 1 || end == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(end);
    }
    if (rest == "Z" || rest == "z") return std::chrono::minutes(0);
    const auto hours = digits(rest, 1, 2), minutes = digits(rest, 4, 2);
    if (rest.size() != 6 || rest[3] != ':' || !hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    if (rest[0] != '+' && rest[0] != '-') return std::nullopt;
    const auto distance = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
    return rest[0] == '+' ? distance : -distance;
}

} // namespace

std::optional<Duration> parse_duration(std::string_view text)
{
    if (text == "0") return Duration(0);
    if (text.empty()) return std::nullopt;
    std::uint64_t total = 0;
    while (!text.empty()) {
        const auto part = take_quantity(text, duration_units);
        if (!part) return std::nullopt;
        total += *part;
        if (total > static_cast<std::uint64_t>(std::chrono::milliseconds(std::chrono::years(10)).count()))
            return std::nullopt;
    }
    return Duration(total);
}

std::string to_string(Duration duration)
{
    auto rest = static_cast<std::uint64_t>(duration.count());
    std::string text;
    for (const Unit& unit :
         {duration_units[4], duration_units[3], duration_units[2], duration_units[1], duration_units[0]}) {
        if (rest < unit.factor) continue;
        text += std::to_string(rest / unit.factor) + std::string(unit.name);
        rest %= unit.factor;
    }
    return text.empty() ? "0s" : text;
}

std::optional<Size> parse_size(std::string_view text)
{
    if (text == "0") return Size{0};
    const auto bytes = take_quantity(text, size_units);
    if (!bytes || !text.empty()) return std::nullopt;
    return Size{*bytes};
}

std::string to_string(Size size)
{
    for (const Unit& unit : {size_units[3], size_units[2], size_units[1], size_units[0]})
        if (size.bytes != 0 && size.bytes % unit.factor == 0)
            return std::to_string(size.bytes / unit.factor) + std::string(unit.name);
    return std::to_string(size.bytes) + "B";
}

std::optional<std::chrono::sys_days> parse_day(std::string_view text)
{
    const auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
    if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !year || !month || !day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days(date);
}

std::optional<std::chrono::sys_seconds> parse_time(std::string_view text)
{
    if (text.size() < 20 || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) return std::nullopt;
    const auto day = parse_day(text.substr(0, 10));
    const auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
    const auto zone = offset(text.substr(19));
    if (!day || !hour || !minute || !second || !zone || text[13] != ':' || text[16] != ':') return std::nullopt;
    if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return *day + std::chrono::hours(*hour) + std::chrono::minutes(*minute) + std::chrono::seconds(*second) - *zone;
}

std::string to_string(std::chrono::sys_seconds time)
{
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(time - day);
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                  static_cast<int>(clock.seconds().count()));
    return text;
}

} // namespace ysnp::conf
