#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace ysnp::gitlab {

/// Bounds on what a payload may hold. GitLab's own limits are far below each.
namespace limits {
inline constexpr std::size_t bytes = 16u << 20;
inline constexpr std::size_t depth = 32;
inline constexpr std::size_t values = 200'000;
inline constexpr std::size_t key_bytes = 1024;
} // namespace limits

/// Parses exactly one JSON value (RFC 8259) and refuses what parsers disagree on: duplicate keys, NUL in a text,
/// invalid UTF-8, anything after the value. Throws PayloadError with the path.
nlohmann::json parse_strictly(std::string_view text);

} // namespace ysnp::gitlab
