#include "runner/state/journal.h"
#include "runner/state/journal_file.h"
#include <algorithm>
#include <mutex>
#include <utility>

namespace ysnp::state {

namespace {

using Clock = std::chrono::system_clock;

std::int64_t micros(Clock::time_point at)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(at.time_since_epoch()).count();
}

Clock::time_point from_micros(std::int64_t value)
{
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::microseconds(value)));
}

/// Offsets come often, only the newest counts, and they say nothing about where the job is.
bool is_offset(Step step) { return step == Step::trace; }

} // namespace

std::optional<std::string> OpenJob::last(Step step) const
{
    const auto found =
        std::find_if(steps.rbegin(), steps.rend(), [&](const StepRow& written) { return written.step == step; });
    return found != steps.rend() ? std::optional(found->value) : std::nullopt;
}

bool OpenJob::reached(Step step) const
{
    return std::any_of(steps.begin(), steps.end(), [&](const StepRow& written) { return written.step == step; });
}

std::optional<std::string> OpenJob::waits_for() const
{
    const auto last =
        std::find_if(steps.rbegin(), steps.rend(), [](const StepRow& written) { return !is_offset(written.step); });
    return last != steps.rend() && last->step == Step::asked ? std::optional(last->value) : std::nullopt;
}

struct Journal::Impl {
    explicit Impl(const std::filesystem::path& file) : database(file) {}

    void write(JobRow job, const Entry& entry, Clock::time_point at);
    std::vector<StepRow> steps_of(JobRow job);
    template <class Work>
    void in_transaction(Durability durability, Work work);

    const std::string containers = '(' + std::to_string(static_cast<int>(Step::container)) + ", " +
                                   std::to_string(static_cast<int>(Step::service)) + ')';
    std::mutex mutex; // calls come from the threads of a pool
    JournalFile database;
    Statement insert_job = database.prepare(
        "INSERT INTO jobs (runner, gitlab, job_id, project, job_name, secrets_file, nonce, digest, timeout, accepted) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    Statement insert_step =
        database.prepare("INSERT INTO steps (job, number, step, value, at) "
                         "VALUES (?1, (SELECT coalesce(max(number), 0) + 1 FROM steps WHERE job = ?1), ?2, ?3, ?4)");
    Statement drop_step = database.prepare("DELETE FROM steps WHERE job = ?1 AND step = ?2");
    Statement drop_steps = database.prepare("DELETE FROM steps WHERE job = ?1 AND step NOT IN " + containers);
    Statement close_job = database.prepare("UPDATE jobs SET closed = ?2 WHERE row = ?1");
};

void Journal::Impl::write(JobRow job, const Entry& entry, Clock::time_point at)
{
    const auto step = static_cast<std::int64_t>(entry.step);
    if (is_offset(entry.step)) drop_step.bind(1, job).bind(2, step).run();
    insert_step.bind(1, job).bind(2, step).bind(3, entry.value).bind(4, micros(at)).run();
}

/// What is written later is safe from a crash of the program at once, and from one of the host with the next write.
template <class Work>
void Journal::Impl::in_transaction(Durability durability, Work work)
{
    const std::lock_guard lock(mutex);
    database.execute(durability == Durability::now ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    Transaction transaction(database);
    work(Clock::now());
    transaction.commit();
}

Journal::Journal(const std::filesystem::path& file) : impl_(std::make_unique<Impl>(file)) {}

Journal::~Journal() = default;

JobRow Journal::begin(const NewJob& job, const std::vector<Entry>& first_steps)
{
    JobRow row = 0;
    impl_->in_transaction(Durability::now, [&](Clock::time_point now) {
        auto& insert = impl_->insert_job;
        insert.bind(1, job.runner).bind(2, job.gitlab).bind(3, job.job_id).bind(4, job.project).bind(5, job.job_name);
        insert.bind(6, job.secrets_file).bind(7, job.nonce).bind(8, job.digest).bind(9, job.timeout);
        insert.bind(10, micros(now)).run();
        row = impl_->database.last_row();
        for (const auto& entry : first_steps) impl_->write(row, entry, now);
    });
    return row;
}

void Journal::step(JobRow job, Step step, std::string value, Durability durability)
{
    steps(job, {{step, std::move(value)}}, durability);
}

void Journal::steps(JobRow job, const std::vector<Entry>& entries, Durability durability)
{
    impl_->in_transaction(durability, [&](Clock::time_point now) {
        for (const auto& entry : entries) impl_->write(job, entry, now);
    });
}

/// A host that crashes now only removes again what is removed already.
void Journal::close(JobRow job)
{
    impl_->in_transaction(Durability::later, [&](Clock::time_point now) {
        impl_->close_job.bind(1, job).bind(2, micros(now)).run();
        impl_->drop_steps.bind(1, job).run();
    });
}

std::vector<StepRow> Journal::Impl::steps_of(JobRow job)
{
    Statement select = database.prepare("SELECT step, value, at FROM steps WHERE job = ?1 ORDER BY number");
    std::vector<StepRow> rows;
    select.bind(1, job);
    while (select.step())
        rows.push_back({static_cast<Step>(select.integer(0)), select.text(1), from_micros(select.integer(2))});
    return rows;
}

std::vector<OpenJob> Journal::open_jobs() const
{
    const std::lock_guard lock(impl_->mutex);
    Statement select = impl_->database.prepare(
        "SELECT row, runner, gitlab, job_id, project, job_name, secrets_file, nonce, digest, timeout, accepted "
        "FROM jobs WHERE closed IS NULL ORDER BY row");
    std::vector<OpenJob> jobs;
    while (select.step()) {
        OpenJob job;
        job.row = select.integer(0);
        job.job = {select.text(1), select.text(2), select.integer(3), select.text(4),   select.text(5),
                   select.text(6), select.text(7), select.text(8),    select.integer(9)};
        job.accepted_at = from_micros(select.integer(10));
        jobs.push_back(std::move(job));
    }
    for (auto& job : jobs) job.steps = impl_->steps_of(job.row);
    return jobs;
}

bool Journal::made_container(const std::string& name) const
{
    const std::lock_guard lock(impl_->mutex);
    Statement select =
        impl_->database.prepare("SELECT 1 FROM steps WHERE value = ?1 AND step IN " + impl_->containers + " LIMIT 1");
    return select.bind(1, name).step();
}

std::optional<std::string> Journal::remembered(const std::string& gitlab, std::int64_t job_id) const
{
    const std::lock_guard lock(impl_->mutex);
    Statement select =
        impl_->database.prepare("SELECT digest FROM jobs WHERE gitlab = ?1 AND job_id = ?2 ORDER BY row DESC LIMIT 1");
    select.bind(1, gitlab).bind(2, job_id);
    if (!select.step()) return std::nullopt;
    return select.text(0);
}

Asks Journal::asks_before(const std::string& subject, const std::string& nonce) const
{
    const std::lock_guard lock(impl_->mutex);
    Statement count = impl_->database.prepare(
        "SELECT coalesce(sum(denied), 0), coalesce(sum(1 - denied), 0), coalesce(max(at), 0) FROM asks "
        "WHERE subject = ?1 AND at >= ?2 AND row < coalesce((SELECT row FROM asks WHERE nonce = ?3), 1 << 62)");
    count.bind(1, subject).bind(2, micros(Clock::now() - asks_count)).bind(3, nonce);
    if (!count.step()) return {};
    return {count.integer(0), count.integer(1), from_micros(count.integer(2))};
}

void Journal::ask(const std::string& subject, const std::string& nonce)
{
    impl_->in_transaction(Durability::now, [&](Clock::time_point now) {
        Statement forget = impl_->database.prepare("DELETE FROM asks WHERE at < ?1");
        forget.bind(1, micros(now - asks_count)).run();
        Statement insert = impl_->database.prepare("INSERT INTO asks (subject, nonce, at) VALUES (?1, ?2, ?3) "
                                                   "ON CONFLICT (nonce) DO NOTHING");
        insert.bind(1, subject).bind(2, nonce).bind(3, micros(now)).run();
    });
}

void Journal::denied(const std::string& nonce)
{
    impl_->in_transaction(Durability::now, [&](Clock::time_point now) {
        Statement deny = impl_->database.prepare("UPDATE asks SET denied = 1, at = ?2 WHERE nonce = ?1");
        deny.bind(1, nonce).bind(2, micros(now)).run();
    });
}

void Journal::approved(const std::string& subject)
{
    impl_->in_transaction(Durability::now, [&](Clock::time_point) {
        Statement forget = impl_->database.prepare("DELETE FROM asks WHERE subject = ?1");
        forget.bind(1, subject).run();
    });
}

std::size_t Journal::prune(std::chrono::hours age)
{
    std::size_t removed = 0;
    impl_->in_transaction(Durability::later, [&](Clock::time_point now) {
        Statement drop = impl_->database.prepare("DELETE FROM jobs WHERE closed IS NOT NULL AND closed < ?1");
        drop.bind(1, micros(now - age)).run();
        removed = static_cast<std::size_t>(impl_->database.changes());
        impl_->database.execute("DELETE FROM steps WHERE job NOT IN (SELECT row FROM jobs)");
    });
    return removed;
}

} // namespace ysnp::state
