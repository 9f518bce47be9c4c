#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace ysnp::vault {

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

/// A time as Vault writes it: RFC 3339 in UTC, "2026-11-30T01:02:03.000000004Z". Nothing for any other text.
std::optional<Time> parse_time(std::string_view text);

} // namespace ysnp::vault
