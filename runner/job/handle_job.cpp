#include "runner/job/handle_job.h"
#include "checks/decide.h"
#include "gitlab-api/decode.h"
#include "gitlab-api/payload_error.h"
#include "gitlab-api/support.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "net/task_group.h"
#include "runner/agent/session.h"
#include "runner/host/log.h"
#include "runner/job/assemble.h"
#include "runner/job/execute.h"
#include "runner/job/job_log.h"
#include "runner/job/journaled_end.h"
#include "runner/job/outcome.h"
#include "runner/job/refuse_payload.h"
#include "runner/policy/gate.h"
#include "runner/trace/acknowledge.h"
#include "runner/trace/uploader.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using gitlab::Acknowledgement;
using gitlab::FailureReason;
using state::Step;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

std::string project_of(const gitlab::Job& job)
{
    const std::string* path = gitlab::find_variable(job, "CI_PROJECT_PATH");
    return job.job_info.project_full_path.value_or(path != nullptr ? *path : job.job_info.project_name);
}

/// One job while it is ours: what must outlive all of its coroutines.
class Handling {
public:
    Handling(std::shared_ptr<Station> station, gitlab::Job job)
        : station_(std::move(station)), plant_(station_->plant), job_(std::move(job)),
          flags_(job_, station_->runner.feature_flags, station_->runner.environment), stop_(plant_.executor),
          api_(station_->api, job_.id, job_.token), trace_(open_trace(*station_, job_, flags_)),
          uploader_(plant_.executor, api_, *trace_, uploader_options(), events()), tasks_(plant_.executor)
    {
        plant_.running.insert(&stop_);
    }
    ~Handling() { plant_.running.erase(&stop_); }
    Handling(const Handling&) = delete;
    Handling& operator=(const Handling&) = delete;

    asio::awaitable<void> run();

private:
    asio::awaitable<void> live();
    trace::UploaderOptions uploader_options() const;
    trace::UploaderEvents events();
    asio::awaitable<bool> begin(std::string digest);
    asio::awaitable<void> put_on_record(const checks::Decision& decision);
    asio::awaitable<Outcome> heed(const checks::Decision& decision);
    asio::awaitable<Outcome> execute_approved(const checks::Decision& decision);
    asio::awaitable<void> report(Outcome outcome);
    asio::awaitable<void> record(std::vector<state::Journal::Entry> entries, state::Journal::Durability durability);
    void say(conf::LogLevel level, std::string_view text, std::string status = {}) const;

    std::shared_ptr<Station> station_;
    Plant& plant_;
    gitlab::Job job_;
    Flags flags_;
    Stop stop_;
    trace::GitlabJob api_;
    std::unique_ptr<trace::Trace> trace_;
    trace::Uploader uploader_;
    TaskGroup tasks_;
    audit::Position position_;
    std::exception_ptr unrecorded_;
    state::JobRow row_ = 0;
    std::filesystem::path secrets_file_;
    Secret frame_key_ = agent::new_key();
    bool changed_ = false; // the same id came before with other content
    Deadline accepted_ = std::chrono::steady_clock::now();
};

trace::UploaderOptions Handling::uploader_options() const
{
    trace::UploaderOptions options;
    const Settings settings = read_settings(job_, job_.runner_info.timeout);
    options.debug_trace = settings.restrict_log ? trace::JobApi::DebugTrace::on : trace::JobApi::DebugTrace::off;
    options.final_tries = station_->runner.job_status_final_update_retry_limit;
    options.token_expires = in(job_.runner_info.timeout + 5min);
    return options;
}

trace::UploaderEvents Handling::events()
{
    return {.on_cancel = [this] { stop_.cancel(); },
            .on_abort = [this] { stop_.end(Why::lost, "GitLab says that the job is over"); }};
}

void Handling::say(conf::LogLevel level, std::string_view text, std::string status) const
{
    host::log(level, text,
              {{"job", std::to_string(job_.id)},
               {"project", project_of(job_)},
               {"runner_name", station_->runner.name},
               {"status", std::move(status)}});
}

asio::awaitable<void> Handling::record(std::vector<state::Journal::Entry> entries,
                                       state::Journal::Durability durability)
{
    co_await plant_.records.steps(row_, std::move(entries), durability);
}

/// The journal knows the job before GitLab hears that it is ours.
asio::awaitable<bool> Handling::begin(std::string digest)
{
    const std::string nonce = random_suffix();
    secrets_file_ = plant_.records.keep_secrets(std::to_string(job_.id) + "-" + nonce,
                                                {.job_token = job_.token.copy(), .frame_key = frame_key_.copy()});
    state::NewJob entry;
    entry.runner = station_->runner.name;
    entry.gitlab = station_->api.origin().to_string();
    entry.job_id = job_.id;
    entry.project = project_of(job_);
    entry.job_name = job_.job_info.name;
    entry.secrets_file = secrets_file_.string();
    entry.nonce = nonce;
    entry.timeout = job_.runner_info.timeout.count();
    entry.digest = digest;
    const auto before = co_await plant_.records.remembered(entry.gitlab, job_.id);
    changed_ = before && *before != digest;
    row_ = co_await plant_.records.begin(std::move(entry));
    const Acknowledgement answer = co_await trace::acknowledge(api_, in(60s));
    if (answer == Acknowledgement::start) co_return true;
    if (answer == Acknowledgement::canceled) {
        say(conf::LogLevel::info, "The job was canceled before it started");
        co_await uploader_.finish(gitlab::JobState::failed, "job_canceled");
    } else {
        say(conf::LogLevel::info, "GitLab no longer wants the job to run");
    }
    co_return false;
}

asio::awaitable<Outcome> Handling::execute_approved(const checks::Decision& decision)
{
    const std::vector<gitlab::Unsupported> needs = gitlab::unsupported(job_);
    for (const gitlab::Unsupported& need : needs) {
        trace_->runner_line(trace::Style::error, need.field + ": " + need.why);
    }
    if (!needs.empty()) {
        throw JobError(FailureReason::runner_configuration_error,
                       needs.front().field + " is not supported by this runner", gitlab::unsupported_exit_code);
    }
    const auto numbers = plant_.numbers.take(station_->runner.name, job_.job_info.project_id);
    RunParts parts{
        .station = *station_,
        .job = job_,
        .decision = decision,
        .trace = *trace_,
        .stop = stop_,
        .slot = numbers.slot(),
        .sources = {},
        .record = [this](auto entries) { return record(std::move(entries), state::Journal::Durability::later); },
        .frame_key = frame_key_.copy()};
    const std::unique_ptr<Run> run = assemble(std::move(parts), flags_);
    co_return co_await execute(*run);
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
    }
}

/// The decision takes effect, once it is durable in the audit chain; first in the job's log.
asio::awaitable<Outcome> Handling::heed(const checks::Decision& decision)
{
    if (unrecorded_) std::rethrow_exception(unrecorded_);
    const std::string code = decision.allowed() ? "pass" : decision.code();
    co_await record({{Step::decided, code}}, state::Journal::Durability::later);
    print_decision(*trace_, job_, decision, position_);
    if (decision.allowed() && decision.learning)
        say(conf::LogLevel::warning, "The gate learns: enforce would have refused the job", "learned");
    else
        say(conf::LogLevel::info, decision.allowed() ? "The gate let the job pass" : "The gate refused the job", code);
    if (changed_) {
        co_return Outcome{.text = "RUN-STATE: GitLab offered a job with this id before, with other content",
                          .kind = "denied by policy"};
    }
    if (decision.allowed()) co_return co_await execute_approved(decision);
    const bool system = decision.blame == checks::Blame::system;
    co_return Outcome{.reason = system ? FailureReason::runner_system_failure : FailureReason::script_failure,
                      .text = decision.code(),
                      .kind = "denied by policy"};
}

asio::awaitable<void> Handling::report(Outcome outcome)
{
    const std::string reason(gitlab::reason_for(outcome.reason, job_.features.failure_reasons));
    gitlab::JobUpdate end{.state = outcome.success ? gitlab::JobState::success : gitlab::JobState::failed};
    if (!outcome.success) end.failure_reason = reason;
    if (!outcome.success) end.exit_code = outcome.exit_code;
    std::string trouble;
    try {
        co_await record({{Step::result, journaled_end(end)}}, state::Journal::Durability::later);
    } catch (const std::exception& error) {
        if (is_cancellation(error)) throw;
        trouble = error.what(); // GitLab hears the result all the same
    }
    if (!trouble.empty()) say(conf::LogLevel::error, "The journal does not take the job's result: " + trouble);
    if (!outcome.reported) {
        say(conf::LogLevel::warning, "The job is no longer ours: " + outcome.text, "lost");
        co_return;
    }
    trace_->verdict_line(outcome.success ? trace::Style::info : trace::Style::error, outcome.verdict());
    const trace::Reported reported =
        co_await uploader_.finish(end.state, end.failure_reason.value_or(""), end.exit_code);
    const auto took = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - accepted_);
    say(outcome.success ? conf::LogLevel::info : conf::LogLevel::warning,
        outcome.verdict() + " after " + std::to_string(took.count()) + " s", outcome.success ? "success" : reason);
    if (reported == trace::Reported::gave_up) {
        say(conf::LogLevel::error, "GitLab could not be told how the job ended; it will notice by itself",
            "unreported");
    }
}

asio::awaitable<void> Handling::live()
{
    std::exception_ptr error;
    bool ours = false;
    Outcome outcome;
    try {
        const checks::Decision decision =
            co_await policy::judge(*station_->store, job_, station_->surroundings(), in(60s));
        ours = co_await (begin(decision.digest) && put_on_record(decision));
        if (ours) {
            tasks_.spawn(uploader_.run());
            print_header(*trace_, *station_, flags_);
            outcome = co_await heed(decision);
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (error) outcome = outcome_of(error);
    if (ours)
        co_await report(std::move(outcome));
    else if (error)
        say(conf::LogLevel::error, "The job could not be taken: " + outcome.text);
}

asio::awaitable<void> Handling::run()
{
    std::exception_ptr ended;
    try {
        co_await live();
    } catch (...) {
        ended = std::current_exception(); // cancelled: the journal keeps the job for the next start
    }
    if (ended) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    tasks_.cancel();
    co_await tasks_.join();
    if (ended) std::rethrow_exception(ended);
    if (row_ != 0) co_await plant_.records.close(row_, secrets_file_);
}

} // namespace

asio::awaitable<void> handle_job(std::shared_ptr<Station> station, gitlab::JobReply reply, Slots::Place place)
{
    std::string body = std::move(reply.body);
    std::optional<gitlab::Job> job;
    std::optional<gitlab::PayloadError> why;
    try {
        if (reply.json) job = gitlab::decode(body);
    } catch (const gitlab::PayloadError& error) {
        why = error;
    }
    if (!job) {
        if (!why) why.emplace(gitlab::PayloadRefusal::json, "", "the media type application/json", "another one");
        co_await refuse_payload(station, body, std::move(*why));
        wipe(body);
        co_return;
    }
    wipe(body);
    const auto handling = std::make_unique<Handling>(std::move(station), std::move(*job));
    co_await handling->run();
}

} // namespace ysnp::job
