#include "runner/git/oid.h"

namespace ysnp::git {
namespace {

int digit(char c) noexcept
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

} // namespace

std::string Oid::hex() const
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text;
    text.reserve(40);
    for (const unsigned char byte : bytes) {
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::optional<Oid> parse_oid(std::string_view hex) noexcept
{
    if (hex.size() != 40) return std::nullopt;
    Oid oid;
    for (std::size_t i = 0; i < 20; ++i) {
        const int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        oid.bytes[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return oid;
}

Oid oid_from_bytes(const void* raw) noexcept
{
    Oid oid;
    std::memcpy(oid.bytes.data(), raw, oid.bytes.size());
    return oid;
}

} // namespace ysnp::git
