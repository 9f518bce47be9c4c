#include "gitlab-api/rotation.h"
#include "net/failure.h"
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <system_error>

namespace ysnp::gitlab {
namespace {

[[noreturn]] void refuse()
{
    throw std::system_error(make_error_code(Error::malformed_reply), "token_expires_at is no ISO 8601 time");
}

int digits(std::string_view text, std::size_t at, std::size_t count)
{
    int value = 0;
    if (text.size() < at + count) refuse();
    const auto* begin = text.data() + at;
    const auto [stop, error] = std::from_chars(begin, begin + count, value);
    if (error != std::errc{} || stop != begin + count || value < 0) refuse();
    return value;
}

std::chrono::minutes zone_of(std::string_view zone)
{
    if (zone.empty() || zone == "Z") return std::chrono::minutes(0);
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') refuse();
    const std::chrono::minutes offset(digits(zone, 1, 2) * 60 + digits(zone, 4, 2));
    return zone[0] == '-' ? -offset : offset;
}

std::string_view skip_fraction(std::string_view rest)
{
    if (!rest.starts_with('.')) return rest;
    return rest.substr(std::min(rest.find_first_not_of("0123456789", 1), rest.size()));
}

} // namespace

std::optional<WallTime> parse_expiry(std::string_view text)
{
    using namespace std::chrono;
    if (text.empty()) return std::nullopt;
    const year_month_day date(year(digits(text, 0, 4)), month(static_cast<unsigned>(digits(text, 5, 2))),
                              day(static_cast<unsigned>(digits(text, 8, 2))));
    if (text.size() < 19 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':' ||
        !date.ok())
        refuse();
    if (date.year() <= year(1)) return std::nullopt; // gitlab-runner's spelling of "never"
    const auto time = hours(digits(text, 11, 2)) + minutes(digits(text, 14, 2)) + seconds(digits(text, 17, 2));
    return sys_days(date) + time - zone_of(skip_fraction(text.substr(19)));
}

std::string format_time(WallTime time)
{
    using namespace std::chrono;
    const auto today = floor<days>(time);
    const year_month_day date(today);
    const hh_mm_ss clock(floor<seconds>(time - today));
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02ld:%02ld:%02ldZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                  clock.minutes().count(), clock.seconds().count());
    return text;
}

std::optional<WallTime> rotation_due(WallTime obtained, std::optional<WallTime> expires) noexcept
{
    if (!expires) return std::nullopt;
    if (*expires <= obtained) return obtained;
    return obtained + (*expires - obtained) / 4 * 3;
}

std::chrono::minutes rotation_pause(int failures) noexcept
{
    const int doublings = std::clamp(failures - 1, 0, 6);
    return std::min(std::chrono::minutes(1 << doublings), std::chrono::minutes(60));
}

} // namespace ysnp::gitlab
