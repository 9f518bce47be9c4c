#pragma once
#include "runner/git/request.h"

namespace ysnp::git {

/// What the worker demands of a request, whoever sent it. Throws SourceFault: GIT-URL for a scheme that is not http or
/// https, user or password in the URL, or an origin other than the pinned one; GIT-REF for sha, depth and object
/// format; host for folders that cannot be.
void check_request(const SourceRequest& request);

} // namespace ysnp::git
