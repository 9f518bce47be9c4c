#include "runner/state/version_file.h"
#include "runner/state/own_file.h"
#include "runner/state/sqlite.h"
#include <algorithm>
#include <mutex>

namespace ysnp::state {
namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS versions (
    place TEXT NOT NULL, path TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY (place, path)) STRICT, WITHOUT ROWID;
)";

} // namespace

struct VersionFile::Impl {
    explicit Impl(const std::filesystem::path& file) : database(own_file(file, "versions"))
    {
        database.execute("PRAGMA secure_delete = ON; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
        database.execute(schema);
    }
    std::uint64_t seen(std::string_view place, const std::string& path);
    void remember(std::string_view place, const std::vector<SeenVersion>& fresh);

    std::mutex mutex; // calls come from the threads of a pool
    Database database;
};

std::uint64_t VersionFile::Impl::seen(std::string_view place, const std::string& path)
{
    Statement select = database.prepare("SELECT version FROM versions WHERE place = ?1 AND path = ?2");
    select.bind(1, place).bind(2, path);
    return select.step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

void VersionFile::Impl::remember(std::string_view place, const std::vector<SeenVersion>& fresh)
{
    Transaction transaction(database);
    Statement insert = database.prepare("INSERT INTO versions (place, path, version) VALUES (?1, ?2, ?3) "
                                        "ON CONFLICT DO UPDATE SET version = max(version, excluded.version)");
    for (const SeenVersion& one : fresh)
        insert.bind(1, place).bind(2, one.path).bind(3, static_cast<std::int64_t>(one.version)).run();
    transaction.commit();
}

VersionFile::VersionFile(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}

VersionFile::~VersionFile() = default;

std::vector<SeenVersion> VersionFile::look(std::string_view place, const std::vector<SeenVersion>& now)
{
    const std::lock_guard lock(impl_->mutex);
    std::vector<SeenVersion> older, fresh;
    for (const SeenVersion& one : now) {
        const std::uint64_t seen = impl_->seen(place, one.path);
        if (one.version < seen) older.push_back({one.path, seen});
        if (one.version > seen) fresh.push_back(one);
    }
    if (older.empty() && !fresh.empty()) impl_->remember(place, fresh);
    return older;
}

bool VersionFile::forget(std::string_view place, std::string_view path)
{
    const std::lock_guard lock(impl_->mutex);
    Statement drop = impl_->database.prepare("DELETE FROM versions WHERE place = ?1 AND path = ?2");
    drop.bind(1, place).bind(2, path).run();
    return impl_->database.changes() > 0;
}

std::vector<SeenVersion> VersionFile::all(std::string_view place)
{
    const std::lock_guard lock(impl_->mutex);
    Statement select = impl_->database.prepare("SELECT path, version FROM versions WHERE place = ?1 ORDER BY path");
    std::vector<SeenVersion> found;
    select.bind(1, place);
    while (select.step()) found.push_back({select.text(0), static_cast<std::uint64_t>(select.integer(1))});
    return found;
}

} // namespace ysnp::state
