#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace ysnp::audit {

struct Options {
    std::filesystem::path file;
    std::uint64_t rotate_at = 64u << 20; ///< bytes; 0: never
};

/// What is recorded. `body` is a JSON object (text) whose members join the record beside kind, job_id and project.
struct Record {
    std::string kind; ///< decision, start, end, request, approval, …
    std::int64_t job_id = 0;
    std::string project;
    std::string body = "{}";
};

/// Where a record stands in the chain.
struct Position {
    std::uint64_t seq = 0;
    std::string hash;      ///< hex SHA-256 of the record
    std::string time = {}; ///< of the record, RFC 3339; empty at the beginning of a chain
};

/// The chain of decisions: append-only JSON lines, each with `seq`, `time`, `prev` (hash of the record before) and its
/// own `hash`. One writer a file (flock). All calls block and belong on the pool; not thread-safe.
class Log {
public:
    /// Opens or creates the file (0640, no symlink, regular, ours), checks the last record, and continues the chain. A
    /// line that a crash left unfinished is kept aside in `<file>.torn-<seq>` and a record says so. Throws system_error
    /// when the file cannot be trusted or another process writes it.
    explicit Log(Options options);
    ~Log();
    Log(Log&&) noexcept;
    Log& operator=(Log&&) noexcept;

    /// Durable (fdatasync) when it returns. Throws system_error (no space, I/O, a file that somebody removed, replaced
    /// or changed meanwhile): then nothing may take effect, and the file holds no part of the record.
    Position append(const Record& record);
    const Position& head() const noexcept;

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace ysnp::audit
