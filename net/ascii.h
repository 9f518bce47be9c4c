#pragma once
#include <algorithm>
#include <string_view>

namespace ysnp::net {

/// Header names and hosts compare without case, in ASCII only, whatever the locale.
inline bool same_ignoring_case(std::string_view a, std::string_view b) noexcept
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

} // namespace ysnp::net
