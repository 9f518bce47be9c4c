#pragma once
#include "runner/audit/log.h"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::audit {

inline constexpr std::string_view genesis = "0000000000000000000000000000000000000000000000000000000000000000";

std::string sha256_hex(std::string_view bytes);
/// 64 lower-case hex digits.
bool is_hex_hash(std::string_view text) noexcept;

/// A record as one line without its newline. Its last member is `hash`: SHA-256, in hex, of the line as it would read
/// without that member.
std::string seal(const Record& record, std::uint64_t seq, std::string_view prev, std::string_view time,
                 std::string& hash);

/// What a line says about its place, when its own hash is right.
struct Link {
    std::uint64_t seq = 0;
    std::string prev, hash, time;
};
/// nullopt with `problem` set for a line that is malformed or was changed.
std::optional<Link> read_link(std::string_view line, std::string& problem);

/// RFC 3339, UTC, milliseconds.
std::string timestamp_now();

} // namespace ysnp::audit
