#pragma once
#include <cstdint>
#include <linux/filter.h>
#include <vector>

namespace ysnp::git {

/// The low half of an argument, under `mask`, has to be one of `values`.
struct Argument {
    unsigned index = 0;
    std::uint32_t mask = 0xFFFFFFFF;
    std::vector<std::uint32_t> values;
};

struct AllowedCall {
    long number = 0;
    std::vector<Argument> arguments = {}; ///< all of them; else the call fails with EPERM
};

/// Which calls of the kernel a process may make. Any that is in no list fails with ENOSYS, as with a kernel that does
/// not have it: libraries then do it in another way.
struct CallRules {
    std::vector<AllowedCall> allowed;
    std::vector<long> refused; ///< EPERM
    std::vector<long> fatal;   ///< the process is killed at once: nothing but an attack makes them
};

/// The rules as a program of seccomp(2). Calls of another architecture than the one we were built for kill the process.
std::vector<sock_filter> compile(const CallRules& rules);

/// Puts the program on all threads of this process, for good; needs no_new_privs. Throws system_error where that cannot
/// be.
void install(std::vector<sock_filter> program);

} // namespace ysnp::git
