#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ysnp::git {

/// Name of a git object: SHA-1 of its content.
struct Oid {
    std::array<unsigned char, 20> bytes{};

    std::string hex() const;
    friend auto operator<=>(const Oid&, const Oid&) = default;
};

/// Exactly 40 lower-case hex digits; anything else is nullopt.
std::optional<Oid> parse_oid(std::string_view hex) noexcept;
/// The 20 bytes that `raw` points to.
Oid oid_from_bytes(const void* raw) noexcept;

/// Oids are uniform already: their first bytes are the hash.
struct OidHash {
    std::size_t operator()(const Oid& oid) const noexcept
    {
        std::size_t value = 0;
        std::memcpy(&value, oid.bytes.data(), sizeof value);
        return value;
    }
};
using OidSet = std::unordered_set<Oid, OidHash>;

} // namespace ysnp::git
