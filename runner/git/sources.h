#pragma once
#include "runner/git/request.h"
#include "runner/git/result.h"
#include "runner/git/worker_output.h"

namespace ysnp::git {

/// The worker's whole work for one job: checks the request, fetches, prepares all that could still be refused, and only
/// then streams the folder. What fails is in the result; throws only when the parent is gone.
SourceResult bring_sources(const SourceRequest& request, WorkerOutput& output);

} // namespace ysnp::git
