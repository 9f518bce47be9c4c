#pragma once
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace ysnp::vault {

inline constexpr std::size_t most_json_depth = 64;

/// Parses exactly one JSON object and refuses what parsers disagree on: duplicate keys, invalid UTF-8, numbers out of
/// range, anything after the object. Throws std::invalid_argument that says what was found, without quoting the text.
nlohmann::json parse_object(std::string_view text);

} // namespace ysnp::vault
