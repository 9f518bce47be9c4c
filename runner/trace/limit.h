#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::trace {

/// What of `bytes` (valid UTF-8) still fits into `room` bytes, cut between characters.
std::string_view fitting(std::string_view bytes, std::uint64_t room) noexcept;

/// The line that ends a trace which reached its limit (bold yellow, as GitLab Runner words it).
std::string limit_notice(std::uint64_t limit);

} // namespace ysnp::trace
