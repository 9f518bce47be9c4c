#include "checks/approval_request.h"
#include "net/cancellation.h"
#include "runner/job/handling.h"
#include "runner/job/outcome.h"

/// What a job's handling writes down: journal, audit chain, and the file in memory for a later start.
namespace ysnp::job {

namespace asio = boost::asio;
using gitlab::FailureReason;
using state::Step;

std::string Handling::project() const
{
    const std::string* path = gitlab::find_variable(job_, "CI_PROJECT_PATH");
    return job_.job_info.project_full_path.value_or(path != nullptr ? *path : job_.job_info.project_name);
}

asio::awaitable<void> Handling::record(Entries entries, state::Journal::Durability durability)
{
    co_await plant_.records.steps(row_, std::move(entries), durability);
}

/// Durable in the audit chain when it returns.
asio::awaitable<void> Handling::note(std::string kind, std::string body)
{
    audit::Record entry;
    entry.kind = std::move(kind);
    entry.job_id = job_.id;
    entry.project = project();
    entry.body = std::move(body);
    std::string why;
    try {
        co_await plant_.records.note(std::move(entry));
        co_return;
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    throw JobError(FailureReason::runner_system_failure, "AUD-SINK: " + why);
}

/// The job's file in memory: what a later start needs to speak for the job, and to go on with one that waits.
void Handling::keep_secrets()
{
    state::JobSecrets secrets{.job_token = job_.token.copy(), .frame_key = frame_key_.copy(), .waiting = {}};
    if (request_) {
        secrets.waiting = state::WaitingJob{.payload = payload_.copy(),
                                            .request = Secret(checks::write_request(*request_)),
                                            .log = Secret(trace_->read(0, trace_->size())),
                                            .asked = asked_};
    }
    secrets_file_ = plant_.records.keep_secrets(secrets_name_, secrets);
}

/// Runs beside begin(). What goes wrong is kept until GitLab can be told.
asio::awaitable<void> Handling::put_on_record(const checks::Decision& decision)
{
    try {
        position_ = co_await plant_.records.decided(decision);
    } catch (const std::exception& error) {
        unrecorded_ = is_cancellation(error)
                          ? std::current_exception()
                          : std::make_exception_ptr(JobError(FailureReason::runner_system_failure,
                                                             std::string("AUD-SINK: ") + error.what()));
        if (!is_cancellation(error))
            say(conf::LogLevel::error,
                std::string("AUD-SINK: no job passes while the audit takes no record: ") + error.what());
    }
}

/// After a crash the log goes on from there. A journal that does not take it costs one question to GitLab then.
asio::awaitable<void> Handling::note_sent(std::uint64_t offset)
{
    std::string why;
    try {
        co_await record({{Step::trace, std::to_string(offset)}}, state::Journal::Durability::later);
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    if (!why.empty()) say(conf::LogLevel::warning, "The journal did not take how far the log is: " + why);
}

} // namespace ysnp::job
