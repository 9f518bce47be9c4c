#include "runner/job/records.h"
#include "checks/report.h"
#include "net/failure.h"
#include "net/on_pool.h"
#include <nlohmann/json.hpp>

namespace ysnp::job {

Records::Records(boost::asio::thread_pool& pool, const Places& places)
    : pool_(pool), audit_file_(places.audit_file), audit_({.file = places.audit_file}), journal_(places.journal_file),
      secrets_(places.secrets_folder, places.secrets_kind)
{
}

boost::asio::awaitable<audit::Position> Records::append(audit::Record record)
{
    auto write = [this, record = std::move(record)] {
        const std::lock_guard lock(audit_mutex_);
        return audit_.append(record);
    };
    co_return co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<audit::Position> Records::note(audit::Record record)
{
    const audit::Position position = co_await append(record);
    if (record.kind != "start" && record.kind != "end") notices_.tell(record, position);
    co_return position;
}

boost::asio::awaitable<audit::Position> Records::decided(checks::Decision decision)
{
    const bool passes = decision.allowed();
    if (passes && !held_.empty()) throw std::system_error(make_error_code(Error::invalid_value), held_);
    audit::Record record;
    record.kind = "decision";
    record.job_id = decision.job_id;
    record.project = decision.project_path;
    record.body = checks::render_json(decision);
    const audit::Position position = co_await append(record);
    if (!passes) notices_.tell(record, position);
    co_return position;
}

boost::asio::awaitable<audit::Position> Records::alarm(std::string code, std::string text)
{
    const nlohmann::ordered_json body{{"code", code}, {"text", text}};
    audit::Record record;
    record.kind = "alarm";
    record.body = body.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    co_return co_await note(std::move(record));
}

boost::asio::awaitable<audit::Position> Records::head()
{
    auto look = [this] {
        const std::lock_guard lock(audit_mutex_);
        return audit_.head();
    };
    co_return co_await on_pool(pool_, std::move(look));
}

boost::asio::awaitable<audit::Verification> Records::verify_from(audit::Position anchor)
{
    auto look = [this, anchor = std::move(anchor)] {
        const std::lock_guard lock(audit_mutex_);
        return audit::verify_from(audit_file_, anchor);
    };
    co_return co_await on_pool(pool_, std::move(look));
}

boost::asio::awaitable<std::optional<std::string>> Records::remembered(std::string gitlab, std::int64_t job_id)
{
    auto look = [this, gitlab = std::move(gitlab), job_id] { return journal_.remembered(gitlab, job_id); };
    co_return co_await on_pool(pool_, std::move(look));
}

boost::asio::awaitable<state::Asks> Records::asks_before(std::string subject, std::string nonce)
{
    auto look = [this, subject = std::move(subject), nonce = std::move(nonce)] {
        return journal_.asks_before(subject, nonce);
    };
    co_return co_await on_pool(pool_, std::move(look));
}

boost::asio::awaitable<void> Records::ask(std::string subject, std::string nonce)
{
    auto write = [this, subject = std::move(subject), nonce = std::move(nonce)] { journal_.ask(subject, nonce); };
    co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<void> Records::denied(std::string nonce)
{
    auto write = [this, nonce = std::move(nonce)] { journal_.denied(nonce); };
    co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<void> Records::approved(std::string subject)
{
    auto write = [this, subject = std::move(subject)] { journal_.approved(subject); };
    co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<state::JobRow> Records::begin(state::NewJob job)
{
    auto write = [this, job = std::move(job)] { return journal_.begin(job, {{state::Step::accepted, ""}}); };
    co_return co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<void> Records::steps(state::JobRow row, std::vector<state::Journal::Entry> entries,
                                            state::Journal::Durability durability)
{
    auto write = [this, row, entries = std::move(entries), durability] { journal_.steps(row, entries, durability); };
    co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<void> Records::close(state::JobRow row, std::filesystem::path secrets_file)
{
    auto write = [this, row, file = std::move(secrets_file)] {
        if (!file.empty()) secrets_.remove(file);
        journal_.close(row);
    };
    co_await on_pool(pool_, std::move(write));
}

boost::asio::awaitable<void> Records::forget_jobs(std::chrono::hours age)
{
    auto write = [this, age] { journal_.prune(age); };
    co_await on_pool(pool_, std::move(write));
}

std::filesystem::path Records::keep_secrets(const std::string& name, const state::JobSecrets& secrets)
{
    return secrets_.write(name, secrets);
}

} // namespace ysnp::job
