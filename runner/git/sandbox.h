#pragma once
#include "runner/git/landlock.h"

namespace ysnp::git {

/// Puts this process into its sandbox, for good: no new privileges, few open files, Landlock for what it may open and
/// seccomp for what it may ask of the kernel (worker_calls.h). To be called before the first thread is started. Returns
/// the version of Landlock in effect, 0 where the kernel has none: files and ports are then the user's. All else that
/// cannot be had throws system_error. A program with sanitizers has neither of the two, as their runtime needs more.
int enter_sandbox(const Rights& rights);

} // namespace ysnp::git
