#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace ysnp::checks {

/// The JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, ECMAScript numbers, minimal
/// escapes, UTF-8. Throws std::invalid_argument for what I-JSON (RFC 7493) cannot hold: bytes that are not UTF-8,
/// NaN, infinities, and integers beyond ±(2^53-1), which canonical form would round.
std::string canonical(const nlohmann::json& value);
/// Parses first; duplicate keys and trailing text are refused.
std::string canonical_text(std::string_view json);
/// ECMAScript Number::toString.
std::string canonical_number(double value);

/// Strict JSON: no duplicate keys, no comments, bounded depth, UTF-8. Throws std::invalid_argument saying where.
nlohmann::json parse_strict(std::string_view text, std::size_t max_depth = 32);

} // namespace ysnp::checks
