#pragma once
#include <string>

namespace ysnp::host {

/// First thing in main: ignores SIGPIPE (a peer that left is an error code, not the end), and makes sure that no
/// credential reaches a core file or another process's ptrace (RLIMIT_CORE 0, PR_SET_DUMPABLE 0).
void protect_process();

/// "" when the protection holds, else what does not.
std::string unprotected();

} // namespace ysnp::host
