#include "net/retry.h"
#include <algorithm>
#include <array>
#include <charconv>

namespace ysnp::net {

namespace {

using namespace std::chrono;

std::optional<int> digits(std::string_view text)
{
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
    return value;
}

std::optional<month> month_named(std::string_view name)
{
    static constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto found = std::find(names.begin(), names.end(), name);
    if (found == names.end()) return std::nullopt;
    return month(static_cast<unsigned>(found - names.begin()) + 1);
}

std::optional<seconds> whole_seconds(std::string_view text)
{
    long long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = end == text.data() + text.size();
    if (whole && error == std::errc::result_out_of_range && !text.starts_with('-')) return hours(24 * 365);
    if (!whole || error != std::errc() || value <= 0) return std::nullopt;
    return std::min(seconds(value), seconds(hours(24 * 365)));
}

} // namespace

bool worth_retrying(unsigned status) noexcept
{
    switch (status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
        return true;
    default:
        return status >= 512;
    }
}

std::optional<system_clock::time_point> parse_http_date(std::string_view text)
{
    if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
        text[19] != ':' || text[22] != ':' || text.substr(25) != " GMT")
        return std::nullopt;
    const auto d = digits(text.substr(5, 2)), y = digits(text.substr(12, 4)), h = digits(text.substr(17, 2)),
               m = digits(text.substr(20, 2)), s = digits(text.substr(23, 2));
    const auto named = month_named(text.substr(8, 3));
    if (!d || !y || !h || !m || !s || !named || *h > 23 || *m > 59 || *s > 60) return std::nullopt;
    const year_month_day date(year(*y), *named, day(static_cast<unsigned>(*d)));
    // The clock counts nanoseconds in 64 bits: later years would overflow.
    if (!date.ok() || *y < 1970 || *y > 2200) return std::nullopt;
    return sys_days(date) + hours(*h) + minutes(*m) + seconds(*s);
}

std::optional<seconds> asked_pause(const Response& response, system_clock::time_point now)
{
    if (const auto until = parse_http_date(response.header("RateLimit-ResetTime")); until && *until > now)
        return std::max(seconds(1), ceil<seconds>(*until - now));
    return whole_seconds(response.header("Retry-After"));
}

milliseconds retry_pause(const RetryOptions& options, int attempts_made, const Response& response,
                         system_clock::time_point now, double jitter)
{
    if (const auto asked = asked_pause(response, now)) return std::min<milliseconds>(*asked, options.longest_pause);
    const int doublings = std::clamp(attempts_made - 1, 0, 20);
    const auto whole = std::min<milliseconds>(options.first_pause * (1LL << doublings), minutes(1));
    const double half = static_cast<double>(whole.count()) / 2;
    const milliseconds pause(static_cast<long long>(half + half * std::clamp(jitter, 0.0, 1.0)));
    return std::min(pause, options.longest_pause);
}

} // namespace ysnp::net
