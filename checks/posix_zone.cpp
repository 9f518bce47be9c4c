#include "checks/zone.h"
#include <algorithm>
#include <charconv>

namespace ysnp::checks {
namespace {

using namespace std::chrono;

/// Takes a POSIX TZ text apart from the left; `good` turns false at the first mistake.
class Parser {
public:
    explicit Parser(std::string_view text) : rest_(text) {}
    bool good = true;

    bool at_end() const { return rest_.empty(); }
    bool take(char c)
    {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void name()
    {
        const auto end = !rest_.empty() && rest_.front() == '<'
                             ? std::min(rest_.find('>'), rest_.size() - 1) + 1
                             : std::min(rest_.find_first_of("+-0123456789,"), rest_.size());
        if (end < 3) good = false;
        rest_.remove_prefix(std::min(end, rest_.size()));
    }
    std::int64_t number()
    {
        std::int64_t value = 0;
        const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        const bool fine = error == std::errc() && value >= 0 && value <= 1000;
        good = good && fine;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return fine ? value : 0;
    }
    /// `[+-]hh[:mm[:ss]]` in seconds
    std::int64_t clock()
    {
        const bool negative = take('-');
        if (!negative) take('+');
        std::int64_t seconds = number() * 3600;
        if (take(':')) seconds += number() * 60;
        if (take(':')) seconds += number();
        return negative ? -seconds : seconds;
    }

private:
    std::string_view rest_;
};

/// Day and local second of a change: `Mm.w.d/time`, `Jn`, `n`.
struct Change {
    char kind = 'M';
    std::int64_t month = 0, week = 0, day = 0, second = 7200;

    std::int64_t in_year(year y) const
    {
        const sys_days january = y / January / 1;
        if (kind == 'n') return (january + days(day)).time_since_epoch().count() * 86400 + second;
        if (kind == 'J') {
            const bool after_leap_day = y.is_leap() && day >= 60;
            return (january + days(day - 1 + after_leap_day)).time_since_epoch().count() * 86400 + second;
        }
        const auto m = y / std::chrono::month(static_cast<unsigned>(month));
        const weekday wanted(static_cast<unsigned>(day));
        const sys_days date =
            week == 5 ? sys_days(m / wanted[last]) : sys_days(m / wanted[static_cast<unsigned>(week)]);
        return date.time_since_epoch().count() * 86400 + second;
    }
};

Change read_change(Parser& parser)
{
    Change change;
    if (parser.take('M')) {
        change.month = parser.number();
        parser.good &= parser.take('.');
        change.week = parser.number();
        parser.good &= parser.take('.');
        change.day = parser.number();
        parser.good &=
            change.month >= 1 && change.month <= 12 && change.week >= 1 && change.week <= 5 && change.day <= 6;
    } else {
        change.kind = parser.take('J') ? 'J' : 'n';
        change.day = parser.number();
        parser.good &= change.day <= 365;
    }
    if (parser.take('/')) change.second = parser.clock();
    return change;
}

} // namespace

std::optional<std::int64_t> posix_offset(std::string_view rule, Now when)
{
    Parser parser(rule);
    parser.name();
    const std::int64_t standard = -parser.clock(); // POSIX counts west of Greenwich
    if (!parser.good) return std::nullopt;
    if (parser.at_end()) return standard;
    parser.name();
    const bool own_offset = !parser.take(',');
    const std::int64_t summer = own_offset ? -parser.clock() : standard + 3600;
    if (own_offset) parser.good &= parser.take(',');
    const Change start = read_change(parser);
    parser.good &= parser.take(',');
    const Change end = read_change(parser);
    if (!parser.good || !parser.at_end()) return std::nullopt;
    const auto moment = when.time_since_epoch().count();
    const year y = year_month_day(floor<days>(when + seconds(standard))).year();
    const std::int64_t from = start.in_year(y) - standard, until = end.in_year(y) - summer;
    const bool is_summer = from < until ? moment >= from && moment < until : moment >= from || moment < until;
    return is_summer ? summer : standard;
}

} // namespace ysnp::checks
