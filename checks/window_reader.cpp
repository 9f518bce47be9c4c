#include "checks/document_reader.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

std::optional<std::int64_t> two_digits(std::string_view text, std::int64_t most)
{
    if (text.size() != 2 || text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9') return std::nullopt;
    const std::int64_t value = (text[0] - '0') * 10 + (text[1] - '0');
    return value <= most ? std::optional(value) : std::nullopt;
}

std::optional<std::int64_t> time_of_day(std::string_view text)
{
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hours = two_digits(text.substr(0, 2), 23);
    const auto minutes = two_digits(text.substr(3, 2), 59);
    const auto seconds = two_digits(text.substr(6, 2), 59);
    if (!hours || !minutes || !seconds) return std::nullopt;
    return *hours * 3600 + *minutes * 60 + *seconds;
}

void read_scale(const Reader& scale, Window& window)
{
    const auto text = scale.text();
    if (!text) return;
    if (*text == "daily") {
        window.scale = Scale::daily;
    } else if (*text == "weekly") {
        window.scale = Scale::weekly;
    } else if (*text == "monthly") {
        window.scale = Scale::monthly;
    } else if (*text == "yearly") {
        window.scale = Scale::yearly;
    } else {
        scale.fault("another word", "daily, weekly, monthly or yearly", "choose one of them");
    }
}

void read_intervals(const Reader& options, Window& window)
{
    const auto intervals = options.member("intervals");
    const bool weekly = window.scale == Scale::weekly;
    if (intervals) {
        const std::int64_t most = weekly ? 6 : window.scale == Scale::monthly ? 31 : 366;
        const std::int64_t least = weekly || window.scale == Scale::daily ? 0 : 1;
        for (const Reader& item : intervals->items())
            if (const auto day = item.integer(least, most)) window.intervals.push_back(*day);
    }
    if (window.scale != Scale::daily && window.intervals.empty())
        options.fault("no intervals", weekly ? "days of the week, Sunday is 0" : "days counted from 1",
                      "list the days in `intervals`");
}

} // namespace

Window read_window(const Reader& options, std::string_view default_zone)
{
    Window window;
    window.zone = default_zone;
    if (const auto scale = options.member("scale")) read_scale(*scale, window);
    read_intervals(options, window);
    if (const auto tolerance = options.member("tolerance")) window.tolerance = tolerance->integer(0, 86400).value_or(0);
    if (const auto time = options.member("time")) {
        const auto text = time->text();
        window.time = text ? time_of_day(*text) : std::nullopt;
        if (text && !window.time)
            time->fault("another text", "HH:MM:SS, from 00:00:00 to 23:59:59", "correct the time");
    }
    if (const auto zone = options.member("timezone")) {
        window.zone = zone->text().value_or("");
        const bool odd =
            window.zone.empty() || window.zone.front() == '/' || window.zone.find("..") != std::string::npos;
        if (odd) zone->fault("no zone", "an IANA name such as Europe/Zurich", "correct the name");
    }
    return window;
}

} // namespace ysnp::checks
