#pragma once
#include "runner/git/request.h"
#include "runner/git/result.h"
#include "runner/git/worker_output.h"
#include <functional>

namespace ysnp::git {

/// What a confined worker does. In tests an attacker stands here.
using Work = std::function<void(const SourceRequest& request, WorkerOutput& output, SourceResult& result)>;

/// Fetches, prepares all that could still be refused, and only then streams the folder. Throws SourceFault,
/// CorruptCache.
void bring_repository(const SourceRequest& request, WorkerOutput& output, SourceResult& result);

/// The worker's whole work for one job: checks the request, confines the process to what it takes, and does `work`.
/// What fails is in the result; throws only when the parent is gone.
SourceResult bring_sources(const SourceRequest& request, WorkerOutput& output, const Work& work);

} // namespace ysnp::git
