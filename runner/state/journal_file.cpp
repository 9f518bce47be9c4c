#include "runner/state/journal_file.h"
#include "runner/state/fault.h"
#include "runner/state/own_file.h"
#include <string>

namespace ysnp::state {

namespace {

constexpr const char* jobs_tables = R"(
CREATE TABLE jobs (
    row INTEGER PRIMARY KEY, runner TEXT NOT NULL, gitlab TEXT NOT NULL, job_id INTEGER NOT NULL,
    project TEXT NOT NULL, job_name TEXT NOT NULL, secrets_file TEXT NOT NULL, nonce TEXT NOT NULL,
    digest TEXT NOT NULL, timeout INTEGER NOT NULL, accepted INTEGER NOT NULL, closed INTEGER) STRICT;
CREATE UNIQUE INDEX open_jobs ON jobs (gitlab, job_id) WHERE closed IS NULL;
CREATE INDEX known_jobs ON jobs (gitlab, job_id);
CREATE TABLE steps (
    job INTEGER NOT NULL, number INTEGER NOT NULL, step INTEGER NOT NULL, value TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (job, number)) STRICT, WITHOUT ROWID;
PRAGMA application_id = 0x79736e70;
PRAGMA user_version = 1;
)";

constexpr const char* asks_table = R"(
CREATE TABLE asks (
    row INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, nonce TEXT NOT NULL UNIQUE,
    denied INTEGER NOT NULL DEFAULT 0, at INTEGER NOT NULL) STRICT;
CREATE INDEX asks_about ON asks (subject);
PRAGMA user_version = 2;
)";

std::int64_t pragma(Database& database, std::string_view sql)
{
    Statement statement = database.prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

/// Opens the file for this process alone, checks it, and creates the tables of a new one.
void set_up(Database& database, const std::filesystem::path& file)
{
    database.execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA cache_size = -256; PRAGMA secure_delete = ON;");
    database.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
    Transaction alone(database);
    const auto version = pragma(database, "PRAGMA user_version");
    if (version > JournalFile::version)
        raise(Fault::newer, "journal " + file.string() + ": has version " + std::to_string(version) +
                                ", this program knows " + std::to_string(JournalFile::version) +
                                "; run the newer ysnprunner or move the file away");
    if (version == 0) {
        if (pragma(database, "SELECT count(*) FROM sqlite_schema") != 0)
            raise(Fault::damaged, "journal " + file.string() + ": is a database of another program; move it away");
        database.execute(jobs_tables);
    }
    if (version < 2) database.execute(asks_table);
    alone.commit();
    Statement check = database.prepare("PRAGMA quick_check(1)");
    if (!check.step() || check.text(0) != "ok")
        raise(Fault::damaged,
              "journal " + file.string() + ": is damaged; stop the runner, move the file away and start again");
}

} // namespace

JournalFile::JournalFile(const std::filesystem::path& file) : Database(own_file(file, "journal"))
{
    set_up(*this, file);
}

} // namespace ysnp::state
