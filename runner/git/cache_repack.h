#pragma once
#include "runner/git/cache.h"
#include "runner/git/object_store.h"
#include "runner/git/request.h"

namespace ysnp::git {

/// Joins the cache's packs into one when there are many, keeping what the remembered tips reach: so that look-ups stay
/// quick and what nobody needs any more goes. Needs the exclusive lock. Throws CorruptCache.
void repack_if_many(const Cache& cache, git_repository* repository, ObjectStore& store, const Limits& limits);

} // namespace ysnp::git
