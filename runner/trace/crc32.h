#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::trace {

/// CRC-32 as in IEEE 802.3 and zlib, fed piece by piece.
class Crc32 {
public:
    void update(std::string_view bytes) noexcept;
    std::uint32_t value() const noexcept { return ~register_; }
    /// As GitLab expects it: `crc32:` and eight lower-case hex digits.
    std::string to_string() const;

private:
    std::uint32_t register_ = 0xffffffffu;
};

} // namespace ysnp::trace
