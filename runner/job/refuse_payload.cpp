#include "runner/job/refuse_payload.h"
#include "gitlab-api/decode.h"
#include "runner/host/log.h"
#include "runner/policy/gate.h"
#include "runner/trace/acknowledge.h"
#include "runner/trace/uploader.h"

namespace ysnp::job {

namespace asio = boost::asio;
using gitlab::Acknowledgement;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> fail_at_gitlab(Station& station, const gitlab::JobIdentity& identity, std::string text)
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
    trace.verdict_line(trace::Style::error, "Job failed (system failure): malformed job");
    co_await uploader.finish(gitlab::JobState::failed, "runner_system_failure");
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
    checks::Decision decision = policy::refused_payload(identity ? identity->id : 0, why);
    co_await station->plant.records.decided(std::move(decision));
    if (!identity) co_return;
    co_await fail_at_gitlab(*station, *identity, code + ": the job that GitLab sent cannot be read: " + why.message());
}

} // namespace ysnp::job
