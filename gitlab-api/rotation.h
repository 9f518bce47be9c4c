#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::gitlab {

/// Whole seconds: the clock's own nanoseconds end in the year 2262, tokens may not.
using WallTime = std::chrono::sys_seconds;

/// GitLab's token_expires_at (ISO 8601); nothing for null, "" and the year 1. Throws (Failure::protocol) on other text.
std::optional<WallTime> parse_expiry(std::string_view text);
/// "2026-07-14T09:30:02Z", whole seconds.
std::string format_time(WallTime time);

/// When to reset a token: at three quarters of its life. Nothing when it never expires.
std::optional<WallTime> rotation_due(WallTime obtained, std::optional<WallTime> expires) noexcept;
/// Pause before the next try after `failures` failed ones: 1 min doubling to 1 h.
std::chrono::minutes rotation_pause(int failures) noexcept;

} // namespace ysnp::gitlab
