#pragma once
#include <cstddef>
#include <span>

namespace ysnp::agent {

/// The agent program (a static executable), as it was built with this runner.
std::span<const std::byte> agent_image();

} // namespace ysnp::agent
