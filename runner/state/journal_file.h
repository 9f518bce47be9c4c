#pragma once
#include "runner/state/journal.h"
#include "runner/state/sqlite.h"
#include <filesystem>

namespace ysnp::state {

/// The journal's database, opened for this process alone, checked, with the tables of this version. Throws as Journal.
class JournalFile : public Database {
public:
    static constexpr int version = Journal::schema_version;
    explicit JournalFile(const std::filesystem::path& file);
};

} // namespace ysnp::state
