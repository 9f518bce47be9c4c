#pragma once
#include "runner/git/request.h"
#include <cstdint>

namespace ysnp::git {

/// Loads and makes what the sandbox would refuse, then enters it, before the first byte of a remote is read. Returns
/// the version of Landlock in effect (sandbox.h). Throws SourceFault (host) where the process cannot be confined.
std::uint64_t confine(const SourceRequest& request);

} // namespace ysnp::git
