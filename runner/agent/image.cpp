#include "runner/agent/image.h"

// clang-format off
__asm__(".section .rodata\n"
        ".global ysnp_agent_image_begin\n"
        ".global ysnp_agent_image_end\n"
        ".balign 16\n"
        "ysnp_agent_image_begin:\n"
        ".incbin \"" YSNP_AGENT_PROGRAM "\"\n"
        "ysnp_agent_image_end:\n"
        ".byte 0\n"
        ".previous\n");
// clang-format on

extern "C" {
extern const std::byte ysnp_agent_image_begin[];
extern const std::byte ysnp_agent_image_end[];
}

namespace ysnp::agent {

std::span<const std::byte> agent_image() { return {ysnp_agent_image_begin, ysnp_agent_image_end}; }

} // namespace ysnp::agent
