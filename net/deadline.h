#pragma once
#include <chrono>

namespace ysnp {

/// The moment until which somebody is willing to wait. Whatever waits takes one.
using Deadline = std::chrono::steady_clock::time_point;

inline Deadline in(std::chrono::steady_clock::duration wait) { return std::chrono::steady_clock::now() + wait; }
inline constexpr Deadline never() { return Deadline::max(); }

} // namespace ysnp
