#include "vault/time.h"
#include <charconv>

namespace ysnp::vault {
namespace {

/// Takes exactly `digits` digits off the front; -1 where they are not there.
int take_number(std::string_view& text, std::size_t digits)
{
    int value = -1;
    if (text.size() < digits || text.find_first_not_of("0123456789") < digits) return -1;
    std::from_chars(text.data(), text.data() + digits, value);
    text.remove_prefix(digits);
    return value;
}

bool take(std::string_view& text, char expected)
{
    if (!text.starts_with(expected)) return false;
    text.remove_prefix(1);
    return true;
}

/// The fraction of a second, one to nine digits; none where there is no point.
std::optional<std::chrono::nanoseconds> take_fraction(std::string_view& text)
{
    if (!take(text, '.')) return std::chrono::nanoseconds(0);
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    if (digits == 0 || digits > 9) return std::nullopt;
    int value = take_number(text, digits);
    for (std::size_t i = digits; i < 9; ++i) value *= 10;
    return std::chrono::nanoseconds(value);
}

} // namespace

std::optional<Time> parse_time(std::string_view text)
{
    constexpr char between[] = {'-', '-', 'T', ':', ':', '\0'};
    constexpr std::size_t widths[] = {4, 2, 2, 2, 2, 2};
    int parts[6];
    for (int i = 0; i < 6; ++i) {
        parts[i] = take_number(text, widths[i]);
        if (parts[i] < 0 || (i < 5 && !take(text, between[i]))) return std::nullopt;
    }
    const auto fraction = take_fraction(text);
    const std::chrono::year_month_day day{std::chrono::year(parts[0]),
                                          std::chrono::month(static_cast<unsigned>(parts[1])),
                                          std::chrono::day(static_cast<unsigned>(parts[2]))};
    const bool clock = parts[3] < 24 && parts[4] < 60 && parts[5] < 60;
    if (!fraction || text != "Z" || !day.ok() || !clock || parts[0] < 1970 || parts[0] > 2200) return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(parts[3]) + std::chrono::minutes(parts[4]) +
           std::chrono::seconds(parts[5]) + *fraction;
}

} // namespace ysnp::vault
