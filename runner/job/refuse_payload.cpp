#include "runner/job/refuse_payload.h"
#include "checks/report.h"
#include "gitlab-api/decode.h"
#include "net/cancellation.h"
#include "runner/agent/session.h"
#include "runner/audit/chain.h"
#include "runner/host/log.h"
#include "runner/job/journaled_end.h"
#include "runner/job/layout.h"
#include "runner/job/outcome.h"
#include "runner/policy/gate.h"
#include "runner/trace/acknowledge.h"
#include "runner/trace/uploader.h"
#include <nlohmann/json.hpp>

namespace ysnp::job {

namespace asio = boost::asio;
using gitlab::Acknowledgement;
using namespace std::chrono_literals;

namespace {

/// The decision, and of what it refused as much as may be kept: the body holds the job's token and variables.
audit::Record record_of(const checks::Decision& decision, std::string_view body)
{
    nlohmann::ordered_json record = nlohmann::ordered_json::parse(checks::render_json(decision));
    record["payload"] = {{"bytes", body.size()}, {"sha256", audit::sha256_hex(body)}};
    return {.kind = "decision", .job_id = decision.job_id, .body = record.dump()};
}

/// The job in the journal, before GitLab hears that it is ours.
struct Kept {
    state::JobRow row = 0;
    std::filesystem::path secrets_file;
};

/// How long GitLab takes a report from a later start: the time of a job there, unless somebody says otherwise.
constexpr std::chrono::seconds usual_timeout = 1h;

asio::awaitable<Kept> keep(Station& station, const gitlab::JobIdentity& identity, std::string_view body)
{
    Records& records = station.plant.records;
    state::NewJob entry;
    entry.nonce = random_suffix();
    const state::JobSecrets secrets{.job_token = identity.token.copy(), .frame_key = agent::new_key(), .waiting = {}};
    Kept kept{.row = 0, .secrets_file = records.keep_secrets(std::to_string(identity.id) + "-" + entry.nonce, secrets)};
    entry.runner = station.runner.name;
    entry.gitlab = station.api.origin().to_string();
    entry.job_id = identity.id;
    entry.secrets_file = kept.secrets_file.string();
    entry.digest = audit::sha256_hex(body);
    entry.timeout = usual_timeout.count();
    kept.row = co_await records.begin(std::move(entry));
    co_return kept;
}

asio::awaitable<void> fail_at_gitlab(Station& station, const gitlab::JobIdentity& identity, state::JobRow row,
                                     const std::string& code, std::string text)
{
    trace::GitlabJob api(station.api, identity.id, identity.token);
    trace::TraceOptions options;
    options.spool_folder = station.plant.runtime_dir;
    trace::Trace trace(std::move(options));
    trace.add_secret(identity.token.reveal());
    trace::Uploader uploader(station.plant.executor, api, trace, {}, {});
    const Acknowledgement answer = co_await trace::acknowledge(api, in(60s));
    if (answer != Acknowledgement::start) co_return;
    trace.runner_line(trace::Style::error, text);
    const Outcome outcome{.text = code, .kind = "denied by policy"};
    gitlab::JobUpdate end;
    end.state = gitlab::JobState::failed;
    end.failure_reason = std::string(gitlab::to_string(outcome.reason));
    co_await station.plant.records.steps(row,
                                         {{state::Step::decided, code}, {state::Step::result, journaled_end(end)}});
    trace.verdict_line(trace::Style::error, outcome.verdict());
    co_await uploader.finish(end.state, *end.failure_reason);
}

/// Where the runner is stopped meanwhile, the journal keeps the job for the next start.
asio::awaitable<void> fail_on_record(Station& station, const gitlab::JobIdentity& identity, Kept kept,
                                     const std::string& code, std::string text)
{
    std::exception_ptr error;
    try {
        co_await fail_at_gitlab(station, identity, kept.row, code, std::move(text));
    } catch (const std::exception& thrown) {
        if (is_cancellation(thrown)) throw;
        error = std::current_exception();
    }
    co_await station.plant.records.close(kept.row, kept.secrets_file);
    if (error) std::rethrow_exception(error);
}

} // namespace

asio::awaitable<void> refuse_payload(std::shared_ptr<Station> station, std::string_view body, gitlab::PayloadError why)
{
    const auto identity = gitlab::dig_identity(body);
    const std::string code = gitlab::to_code(why.refusal());
    host::error("GitLab sent a job that cannot be read: " + why.message(),
                {{"job", identity ? std::to_string(identity->id) : "unknown"},
                 {"runner_name", station->runner.name},
                 {"status", code}});
    const checks::Decision decision = policy::refused_payload(identity ? identity->id : 0, why);
    co_await station->plant.records.note(record_of(decision, body));
    if (!identity) co_return;
    const Kept kept = co_await keep(*station, *identity, body);
    co_await fail_on_record(*station, *identity, kept, code,
                            code + ": the job that GitLab sent cannot be read: " + why.message());
}

} // namespace ysnp::job
