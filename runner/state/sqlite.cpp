#include "runner/state/sqlite.h"
#include "runner/state/fault.h"
#include <sqlite3.h>
#include <system_error>
#include <utility>

namespace ysnp::state {

namespace {

Fault fault_of(int result) noexcept
{
    switch (result & 0xff) {
    case SQLITE_FULL:
        return Fault::full;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return Fault::busy;
    case SQLITE_PERM:
    case SQLITE_READONLY:
    case SQLITE_AUTH:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
        return Fault::no_access;
    case SQLITE_CONSTRAINT:
        return Fault::open_already;
    default:
        return Fault::damaged;
    }
}

const char* advice(Fault fault) noexcept
{
    switch (fault) {
    case Fault::damaged:
        return "; stop the runner, move the file away and start again";
    case Fault::full:
        return "; free some space";
    case Fault::busy:
        return "; only one runner may use this state_dir";
    case Fault::no_access:
        return "; check that its folder exists, works, and belongs to the runner's user";
    default:
        return "";
    }
}

[[noreturn]] void fail(sqlite3* database, int result, const char* name = nullptr)
{
    if (name == nullptr) name = sqlite3_db_filename(database, "main");
    const Fault fault = fault_of(result);
    raise(fault, "journal " + std::string(name != nullptr ? name : "") + ": " + sqlite3_errstr(result) + advice(fault));
}

} // namespace

Statement::Statement(sqlite3* database, std::string_view sql) : statement_(nullptr)
{
    const int result = sqlite3_prepare_v3(database, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                          &statement_, nullptr);
    if (result != SQLITE_OK) fail(database, result);
}

Statement::~Statement() { sqlite3_finalize(statement_); }

Statement::Statement(Statement&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::bind(int index, std::int64_t value)
{
    if (index == 1) sqlite3_reset(statement_);
    const int result = sqlite3_bind_int64(statement_, index, value);
    if (result != SQLITE_OK) fail(sqlite3_db_handle(statement_), result);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text)
{
    if (index == 1) sqlite3_reset(statement_);
    const int result = sqlite3_bind_text64(statement_, index, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (result != SQLITE_OK) fail(sqlite3_db_handle(statement_), result);
    return *this;
}

bool Statement::step()
{
    const int result = sqlite3_step(statement_);
    if (result == SQLITE_ROW) return true;
    sqlite3* const database = sqlite3_db_handle(statement_);
    if (result != SQLITE_DONE) {
        const int extended = sqlite3_extended_errcode(database);
        sqlite3_reset(statement_);
        fail(database, extended);
    }
    sqlite3_reset(statement_);
    return false;
}

void Statement::run()
{
    while (step()) {
    }
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Statement::text(int column) const
{
    const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return bytes != nullptr ? std::string(bytes, size) : std::string();
}

Database::Database(const std::filesystem::path& file) : file_(file)
{
    constexpr int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX | SQLITE_OPEN_NOFOLLOW;
    const int result = sqlite3_open_v2(file.c_str(), &database_, flags, nullptr);
    if (result != SQLITE_OK) {
        sqlite3_close_v2(std::exchange(database_, nullptr));
        fail(nullptr, result, file.c_str());
    }
    sqlite3_extended_result_codes(database_, 1);
    sqlite3_busy_timeout(database_, 2000);
}

Database::~Database()
{
    begin_.reset();
    commit_.reset();
    sqlite3_close_v2(database_);
}

void Database::execute(const char* sql)
{
    const int result = sqlite3_exec(database_, sql, nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) fail(database_, sqlite3_extended_errcode(database_));
}

Statement Database::prepare(std::string_view sql) { return {database_, sql}; }

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(database_); }

int Database::changes() const { return sqlite3_changes(database_); }

void Database::begin()
{
    if (!begin_) begin_.emplace(database_, "BEGIN IMMEDIATE");
    begin_->run();
}

void Database::commit()
{
    if (!commit_) commit_.emplace(database_, "COMMIT");
    commit_->run();
}

Transaction::Transaction(Database& database) : database_(database) { database_.begin(); }

Transaction::~Transaction()
{
    if (!open_) return;
    try {
        database_.execute("ROLLBACK");
    } catch (const std::system_error&) { // SQLite has rolled back by itself
    }
}

void Transaction::commit()
{
    database_.commit();
    open_ = false;
}

} // namespace ysnp::state
