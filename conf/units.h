#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::conf {

/// Every duration of the configuration; the file writes them with units: 500ms, 3s, 5m, 1h15m, 2d.
using Duration = std::chrono::milliseconds;

/// A number of bytes; the file writes it with a unit: 512KiB, 4MiB, 2GiB (or b, k, m, g as Docker does, by 1024).
struct Size {
    std::uint64_t bytes = 0;
    friend auto operator<=>(const Size&, const Size&) = default;
};

/// Whole text or nothing: "1h15m", "90s", "0". A bare number other than 0 has no meaning and is refused.
std::optional<Duration> parse_duration(std::string_view text);
std::string to_string(Duration duration);

/// Whole text or nothing: "4MiB", "2g", "100kB" (by 1000), "1048576b", "0".
std::optional<Size> parse_size(std::string_view text);
std::string to_string(Size size);

/// "2027-01-31", and the day must exist.
std::optional<std::chrono::sys_days> parse_day(std::string_view text);
/// "2027-01-31T10:00:00Z", seconds precise, UTC (RFC 3339), as GitLab writes token_expires_at; fractions are cut.
std::optional<std::chrono::sys_seconds> parse_time(std::string_view text);
std::string to_string(std::chrono::sys_seconds time);

} // namespace ysnp::conf
