#pragma once
#include "runner/git/cache.h"
#include "runner/git/history.h"
#include "runner/git/plan.h"
#include "runner/git/request.h"
#include "runner/git/result.h"
#include <memory>

namespace ysnp::git {

/// What one job's repository is made of. The cache stays locked (shared) as long as it lives.
struct Fetched {
    std::unique_ptr<Cache> cache;
    Handle<git_repository> repository;
    std::unique_ptr<ObjectStore> store;
    History history;
    Refs refs;
    Oid sha;
};

/// Brings the host's cache up to what the job needs, asking the remote only for objects that are not there, and says
/// what the job gets. Throws SourceFault, CorruptCache (discard it and come again), CacheReplaced (come again).
Fetched fetch_into_cache(const SourceRequest& request, SourceStats& stats);

} // namespace ysnp::git
