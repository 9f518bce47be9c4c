#pragma once
#include "checks/decide.h"
#include "runner/audit/log.h"
#include "runner/audit/verify.h"
#include "runner/job/notices.h"
#include "runner/state/journal.h"
#include "runner/state/secrets_file.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::job {

/// What has to be on disk before anything happens: the audit chain, the journal, the secrets in memory. Its calls run
/// on the pool; each is durable when it returns.
class Records {
public:
    struct Places {
        std::filesystem::path audit_file;
        std::filesystem::path journal_file;
        std::filesystem::path secrets_folder; ///< in memory
        state::SecretsFile::Folder secrets_kind = state::SecretsFile::Folder::in_memory;
    };
    /// Opens them all; blocks. Throws what audit::Log, state::Journal and state::SecretsFile throw.
    Records(boost::asio::thread_pool& pool, const Places& places);

    /// Appends the decision to the audit chain. Throws when the record cannot be made durable: then nothing may happen.
    boost::asio::awaitable<audit::Position> decided(checks::Decision decision);
    boost::asio::awaitable<audit::Position> note(audit::Record record);
    /// A record of kind `alarm`, for what somebody has to look into.
    boost::asio::awaitable<audit::Position> alarm(std::string code, std::string text);
    boost::asio::awaitable<audit::Position> head();
    /// Whether the chain still holds a record that was anchored. Nothing is appended meanwhile.
    boost::asio::awaitable<audit::Verification> verify_from(audit::Position anchor);
    /// While `why` is not empty, decided() throws for a decision that passes.
    void hold_passes(std::string why) { held_ = std::move(why); }
    /// Who hears of refusals, requests, answers and alarms.
    Notices& notices() noexcept { return notices_; }

    /// The digest that a job of this GitLab and id had when it came before.
    boost::asio::awaitable<std::optional<std::string>> remembered(std::string gitlab, std::int64_t job_id);
    /// What the journal knows of requests for approval (state::Journal).
    boost::asio::awaitable<state::Asks> asks_before(std::string subject, std::string nonce);
    boost::asio::awaitable<void> ask(std::string subject, std::string nonce);
    boost::asio::awaitable<void> denied(std::string nonce);
    boost::asio::awaitable<void> approved(std::string subject);
    boost::asio::awaitable<state::JobRow> begin(state::NewJob job);
    boost::asio::awaitable<void> steps(state::JobRow row, std::vector<state::Journal::Entry> entries,
                                       state::Journal::Durability durability = state::Journal::Durability::now);
    boost::asio::awaitable<void> close(state::JobRow row, std::filesystem::path secrets_file);
    /// Forgets closed jobs that are older.
    boost::asio::awaitable<void> forget_jobs(std::chrono::hours age);

    std::filesystem::path keep_secrets(const std::string& name, const state::JobSecrets& secrets);
    state::Journal& journal() noexcept { return journal_; }
    state::SecretsFile& secrets() noexcept { return secrets_; }

private:
    boost::asio::awaitable<audit::Position> append(audit::Record record);

    boost::asio::thread_pool& pool_;
    std::filesystem::path audit_file_;
    std::string held_;
    Notices notices_;
    std::mutex audit_mutex_; // the chain has one writer at a time, the pool several threads
    audit::Log audit_;
    state::Journal journal_;
    state::SecretsFile secrets_;
};

} // namespace ysnp::job
