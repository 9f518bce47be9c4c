#pragma once
#include "runner/git/object_store.h"
#include "runner/git/request.h"
#include <vector>

namespace ysnp::git {

/// The part of a history that a job gets.
struct History {
    std::vector<Oid> commits; ///< nearest first
    std::size_t tips = 0;     ///< how many of the first commits are where the walk began
    std::vector<Oid> trees;   ///< of the commits, same order
    std::vector<Oid> shallow; ///< commits whose parents are left out; sorted
    std::vector<Oid> tags;    ///< annotated tag objects that the tips name
    std::vector<Oid> others;  ///< trees and blobs that a tag names directly
    std::vector<Oid> cut;     ///< commits with a parent that the store lacks, though it belongs to the history
    std::vector<Oid> missing; ///< objects that the store lacks; empty: complete
};

/// Walks from `tips` (commits or tags) to `depth` commits, 0 for all; as `git fetch --depth` counts. Looks only at
/// commits and tags. Throws SourceFault (GIT-LIMIT) beyond limits.objects.
History walk_history(const ObjectStore& store, const std::vector<Oid>& tips, std::uint32_t depth, const Limits& limits);

/// Adds a tag that was not a tip: the tag object, and those that it names on the way to what is no tag.
void add_tag(const ObjectStore& store, Oid tag, History& history);

/// All objects of a complete history, each once: commits, tags, trees and blobs. Throws SourceFault (GIT-LIMIT,
/// GIT-OBJ) and CorruptCache.
std::vector<Oid> objects_of(const ObjectStore& store, const History& history, const Limits& limits);

} // namespace ysnp::git
