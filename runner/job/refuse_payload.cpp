#include "runner/job/refuse_payload.h"
#include "checks/report.h"
#include "gitlab-api/decode.h"
#include "runner/audit/chain.h"
#include "runner/host/log.h"
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

asio::awaitable<void> fail_at_gitlab(Station& station, const gitlab::JobIdentity& identity, const std::string& code,
                                     std::string text)
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
    trace.verdict_line(trace::Style::error, outcome.verdict());
    co_await uploader.finish(gitlab::JobState::failed, std::string(gitlab::to_string(outcome.reason)));
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
    co_await fail_at_gitlab(*station, *identity, code,
                            code + ": the job that GitLab sent cannot be read: " + why.message());
}

} // namespace ysnp::job
