#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace ysnp::state {

/// One prepared statement. Bind from 1 on, then step(); reset() is done by each new bind of parameter 1.
class Statement {
public:
    Statement(sqlite3* database, std::string_view sql);
    ~Statement();
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);
    /// Whether there is a row; after the last one the statement is ready for its next use.
    bool step();
    /// Runs a statement that has no rows.
    void run();
    std::int64_t integer(int column) const;
    std::string text(int column) const;

private:
    sqlite3_stmt* statement_;
};

/// A database file. Throws system_error whose message names the file and says what to do.
class Database {
public:
    explicit Database(const std::filesystem::path& file);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void execute(const char* sql);
    Statement prepare(std::string_view sql);
    std::int64_t last_row() const;
    int changes() const;
    /// BEGIN IMMEDIATE and COMMIT, compiled once.
    void begin();
    void commit();

private:
    std::filesystem::path file_;
    sqlite3* database_ = nullptr;
    std::optional<Statement> begin_, commit_;
};

/// BEGIN IMMEDIATE now, COMMIT by commit(), ROLLBACK otherwise.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& database_;
    bool open_ = true;
};

} // namespace ysnp::state
