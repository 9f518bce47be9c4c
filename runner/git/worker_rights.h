#pragma once
#include "runner/git/landlock.h"
#include "runner/git/request.h"

namespace ysnp::git {

/// What bringing these sources takes and no more: the project's cache, the way to GitLab or to the proxy, and what the
/// system's libraries read for a name and a certificate. Reads the environment and folders of certificates. Throws
/// Failure::invalid where URL or proxy cannot be used.
Rights rights_of(const SourceRequest& request);

} // namespace ysnp::git
