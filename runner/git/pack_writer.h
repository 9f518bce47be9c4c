#pragma once
#include "runner/git/object_store.h"
#include "runner/git/pack_reader.h"
#include <string>
#include <vector>

namespace ysnp::git {

/// The packs of a repository's object folder.
std::vector<PackReader> open_packs(const std::string& objects_dir);

/// Writes `objects`, each once, as `stem`.pack and `stem`.idx (gitformat-pack(5)). Stored entries are copied as they
/// are, deltas included where their base is among the objects; all else is read from `store` and deflated. Both files
/// must not exist. Throws CorruptCache when a stored entry is damaged, system_error for the files.
void write_pack(const std::string& stem, const std::vector<Oid>& objects, const std::vector<PackReader>& packs,
                const ObjectStore& store);

} // namespace ysnp::git
