#pragma once
#include "runner/git/cache.h"
#include "runner/git/file.h"
#include "runner/git/history.h"

namespace ysnp::git {

/// The pack that goes into a job's repository: exactly the objects of its history.
struct JobPack {
    std::string name; ///< "pack-<40 hex>"
    File pack, index;
    std::uint64_t objects = 0;
};

/// Finds or makes it. Jobs of one pipeline share the work: the pack is kept beside the cache under a name that its
/// history decides, the few used last stay. Needs the shared lock. Throws as objects_of and write_pack do.
JobPack job_pack(const Cache& cache, const ObjectStore& store, const History& history, const Limits& limits);

} // namespace ysnp::git
