#include "runner/job/handling.h"
#include "checks/approval_request.h"
#include "gitlab-api/support.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "runner/agent/session.h"
#include "runner/host/log.h"
#include "runner/job/assemble.h"
#include "runner/job/execute.h"
#include "runner/job/job_log.h"
#include "runner/job/journaled_end.h"
#include "runner/job/request_record.h"
#include "runner/policy/gate.h"
#include "runner/trace/acknowledge.h"
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

} // namespace

Handling::Handling(std::shared_ptr<Station> station, gitlab::Job job, Secret payload, std::optional<Slots::Place> place)
    : station_(std::move(station)), plant_(station_->plant), job_(std::move(job)), payload_(std::move(payload)),
      place_(std::move(place)), flags_(job_, station_->runner.feature_flags, station_->runner.environment),
      stop_(plant_.executor), api_(station_->api, job_.id, job_.token), trace_(open_trace(*station_, job_, flags_)),
      uploader_(plant_.executor, api_, *trace_, uploader_options(), events()), tasks_(plant_.executor),
      frame_key_(agent::new_key())
{
    plant_.running.insert(&stop_);
}

Handling::~Handling() { plant_.running.erase(&stop_); }

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
            .on_abort = [this] { stop_.end(Why::lost, "GitLab says that the job is over"); },
            .on_sent = [this](std::uint64_t offset) { return note_sent(offset); }};
}

void Handling::say(conf::LogLevel level, std::string_view text, std::string status) const
{
    host::log(level, text,
              {{"job", std::to_string(job_.id)},
               {"project", project()},
               {"runner_name", station_->runner.name},
               {"status", std::move(status)}});
}

/// The journal knows the job before GitLab hears that it is ours.
asio::awaitable<bool> Handling::begin(std::string digest)
{
    const std::string nonce = random_suffix();
    secrets_name_ = std::to_string(job_.id) + "-" + nonce;
    keep_secrets();
    state::NewJob entry;
    entry.runner = station_->runner.name;
    entry.gitlab = station_->api.origin().to_string();
    entry.job_id = job_.id;
    entry.project = project();
    entry.job_name = job_.job_info.name;
    entry.secrets_file = secrets_file_.string();
    entry.nonce = nonce;
    entry.timeout = job_.runner_info.timeout.count();
    entry.digest = digest;
    const auto before = co_await plant_.records.remembered(entry.gitlab, job_.id);
    changed_ = before && *before != digest;
    row_ = co_await plant_.records.begin(std::move(entry));
    co_return co_await acknowledge();
}

/// False where GitLab does not want the job to run; it has heard the end then.
asio::awaitable<bool> Handling::acknowledge()
{
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
        .frame_key = frame_key_.copy(),
        .deadline = deadline()};
    const std::unique_ptr<Run> run = assemble(std::move(parts), flags_);
    std::optional<LoginWatch::Entry> watched;
    if (station_->runner.gate.vault.on_revoke == conf::OnRevoke::stop)
        watched.emplace(plant_.logins, stop_, std::shared_ptr<policy::Store>(station_, station_->store.get()));
    Outcome outcome = co_await execute(*run);
    if (stop_.why() == Why::withdrawn) co_await note("stop", stop_record(decision, stop_.detail()));
    co_return outcome;
}

/// What was decided, once it is durable in the audit chain: in the journal, in the job's log, in ours.
asio::awaitable<void> Handling::announce(const checks::Decision& decision)
{
    if (unrecorded_) std::rethrow_exception(unrecorded_);
    const bool asks = decision.verdict == checks::Verdict::ask;
    const std::string code = decision.allowed() ? "pass" : decision.code();
    co_await record({{Step::decided, code}}, state::Journal::Durability::later);
    print_decision(*trace_, job_, decision, position_);
    if (decision.allowed() && decision.learning)
        say(conf::LogLevel::warning, "The gate learns: enforce would have refused the job", "learned");
    else
        say(conf::LogLevel::info,
            decision.allowed() ? "The gate let the job pass"
            : asks             ? "The gate asks for approval of the job"
                               : "The gate refused the job",
            code);
    if (code == "VLT-AUTH") plant_.logins.suspect();
}

asio::awaitable<Outcome> Handling::heed(checks::Decision decision)
{
    co_await announce(decision);
    if (changed_) {
        co_return Outcome{.text = "RUN-STATE: GitLab offered a job with this id before, with other content",
                          .kind = "denied by policy"};
    }
    if (decision.verdict == checks::Verdict::ask) co_return co_await ask_people(std::move(decision));
    payload_ = Secret();
    co_return co_await obey(decision);
}

asio::awaitable<Outcome> Handling::obey(const checks::Decision& decision)
{
    if (decision.allowed()) co_return co_await execute_approved(decision);
    const bool system = decision.blame == checks::Blame::system;
    co_return Outcome{.reason = system ? FailureReason::runner_system_failure : FailureReason::script_failure,
                      .text = decision.code(),
                      .kind = "denied by policy"};
}

asio::awaitable<void> Handling::report(Outcome outcome)
{
    const std::string reason(gitlab::reason_for(outcome.reason, job_.features.failure_reasons));
    gitlab::JobUpdate end;
    end.state = outcome.success ? gitlab::JobState::success : gitlab::JobState::failed;
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
        checks::Decision decision = co_await policy::judge(*station_->store, job_, station_->surroundings(), in(60s));
        ours = co_await (begin(decision.digest) && put_on_record(decision));
        if (ours) {
            tasks_.spawn(uploader_.run());
            print_header(*trace_, *station_, flags_);
            outcome = co_await heed(std::move(decision));
        }
    } catch (...) {
        error = std::current_exception();
    }
    if (left_) co_return;
    if (error) outcome = outcome_of(error);
    if (ours)
        co_await report(std::move(outcome));
    else if (error)
        say(conf::LogLevel::error, "The job could not be taken: " + outcome.text);
}

asio::awaitable<void> Handling::to_the_end(asio::awaitable<void> life)
{
    std::exception_ptr ended;
    try {
        co_await std::move(life);
    } catch (...) {
        ended = std::current_exception(); // cancelled: the journal keeps the job for the next start
    }
    if (ended) co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    tasks_.cancel();
    co_await tasks_.join();
    if (ended) std::rethrow_exception(ended);
    if (row_ != 0 && !left_) co_await plant_.records.close(row_, secrets_file_);
}

asio::awaitable<void> Handling::run() { co_await to_the_end(live()); }

} // namespace ysnp::job
