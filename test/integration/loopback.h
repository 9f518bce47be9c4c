#pragma once

namespace ysnp::test {

/// Skips the test where the Engine has a network namespace of its own ($YSNP_ENGINE_APART): it reaches nothing on this
/// host's loopback.
void need_loopback();

} // namespace ysnp::test
