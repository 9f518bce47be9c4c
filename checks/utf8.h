#pragma once
#include <cstdint>
#include <string_view>

namespace ysnp::checks {

/// One code point of well-formed UTF-8 (RFC 3629); width 0 where the bytes are not.
struct CodePoint {
    std::uint32_t value = 0;
    unsigned width = 0;
};
CodePoint next_code_point(std::string_view text) noexcept;

bool is_utf8(std::string_view text) noexcept;
/// Well-formed and without NUL.
bool is_plain_text(std::string_view text) noexcept;

} // namespace ysnp::checks
