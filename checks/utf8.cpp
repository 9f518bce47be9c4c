#include "checks/utf8.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool continues(std::string_view text, unsigned count)
{
    if (text.size() <= count) return false;
    for (unsigned i = 1; i <= count; ++i)
        if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return false;
    return true;
}

std::uint32_t bits(char c) { return static_cast<unsigned char>(c) & 0x3f; }

} // namespace

CodePoint next_code_point(std::string_view text) noexcept
{
    if (text.empty()) return {};
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return {first, 1};
    if (first >= 0xc2 && first <= 0xdf && continues(text, 1))
        return {(static_cast<std::uint32_t>(first & 0x1f) << 6) | bits(text[1]), 2};
    if (first >= 0xe0 && first <= 0xef && continues(text, 2)) {
        const auto value = (static_cast<std::uint32_t>(first & 0x0f) << 12) | (bits(text[1]) << 6) | bits(text[2]);
        const bool ok = value >= 0x800 && (value < 0xd800 || value > 0xdfff);
        return ok ? CodePoint{value, 3} : CodePoint{};
    }
    if (first >= 0xf0 && first <= 0xf4 && continues(text, 3)) {
        const auto value = (static_cast<std::uint32_t>(first & 0x07) << 18) | (bits(text[1]) << 12) |
                           (bits(text[2]) << 6) | bits(text[3]);
        const bool ok = value >= 0x10000 && value <= 0x10ffff;
        return ok ? CodePoint{value, 4} : CodePoint{};
    }
    return {};
}

bool is_utf8(std::string_view text) noexcept
{
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    for (;;) {
        const auto end = std::find_if_not(text.begin(), text.end(), is_ascii); // most text is
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
        if (text.empty()) return true;
        const auto point = next_code_point(text);
        if (point.width == 0) return false;
        text.remove_prefix(point.width);
    }
}

bool is_plain_text(std::string_view text) noexcept
{
    return text.find('\0') == std::string_view::npos && is_utf8(text);
}

} // namespace ysnp::checks
