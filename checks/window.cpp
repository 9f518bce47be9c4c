#include "checks/window.h"
#include "checks/zone.h"
#include <algorithm>
#include <cstdio>

namespace ysnp::checks {
namespace {

using namespace std::chrono;

std::optional<std::int64_t> offset_of(const Window& window, const std::vector<ZoneData>& zones, Now now)
{
    if (window.zone == "UTC") return 0;
    const auto at = std::find_if(zones.begin(), zones.end(), [&](const ZoneData& z) { return z.name == window.zone; });
    if (at == zones.end()) return std::nullopt;
    return utc_offset(at->bytes, now);
}

bool day_allowed(const Window& window, sys_days day)
{
    const year_month_day date(day);
    std::int64_t number = 0;
    switch (window.scale) {
    case Scale::daily:
        return true;
    case Scale::weekly:
        number = weekday(day).c_encoding();
        break;
    case Scale::monthly:
        number = unsigned(date.day());
        break;
    case Scale::yearly:
        number = (day - sys_days(date.year() / January / 1)).count() + 1;
        break;
    }
    return std::find(window.intervals.begin(), window.intervals.end(), number) != window.intervals.end();
}

} // namespace

std::optional<bool> inside(const Window& window, const std::vector<ZoneData>& zones, Now now)
{
    const auto offset = offset_of(window, zones, now);
    if (!offset) return std::nullopt;
    const sys_seconds local = now + seconds(*offset);
    const sys_days today = floor<days>(local);
    if (!window.time) return day_allowed(window, today);
    for (const sys_days day : {today, today - days(1)}) { // yesterday's window may reach over midnight
        const sys_seconds start = day + seconds(*window.time);
        if (local >= start && local <= start + seconds(window.tolerance) && day_allowed(window, day)) return true;
    }
    return false;
}

std::string describe(const Window& window)
{
    constexpr const char* scales[] = {"daily", "weekly", "monthly", "yearly"};
    std::string text = scales[static_cast<int>(window.scale)];
    for (std::size_t i = 0; i < window.intervals.size() && window.scale != Scale::daily; ++i)
        text += (i == 0 ? " on " : ", ") + std::to_string(window.intervals[i]);
    if (window.time) {
        char clock[64];
        std::snprintf(clock, sizeof clock, " from %02d:%02d:%02d for %lld s", int(*window.time / 3600),
                      int(*window.time / 60 % 60), int(*window.time % 60), static_cast<long long>(window.tolerance));
        text += clock;
    }
    return text + ", " + (window.zone == "local" ? "the runner host's time" : window.zone);
}

} // namespace ysnp::checks
