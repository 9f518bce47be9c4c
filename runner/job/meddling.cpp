#include "runner/job/meddling.h"
#include "net/cancellation.h"
#include "runner/host/log.h"

namespace ysnp::job {
namespace {

namespace asio = boost::asio;

std::string name_of(const docker::Networking& network)
{
    if (const auto* join = std::get_if<docker::JoinNetwork>(&network)) return join->network;
    return std::holds_alternative<docker::HostNetwork>(network) ? "host" : "none";
}

asio::awaitable<void> put_on_record(Records& records, std::string text, std::string job)
{
    std::string why;
    try {
        co_await records.alarm("DCK-DRIFT", std::move(text));
    } catch (const std::exception& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    if (!why.empty()) host::error("AUD-SINK: the alarm is in no audit record: " + why, {{"job", job}});
}

void sound(Run& run, const docker::Meddling& meddling)
{
    run.stop.end(Why::meddled, "DCK-DRIFT: somebody else worked on the job's container (" + meddling.what +
                                   "): what it does is not what was approved any more");
    const std::string job = std::to_string(run.job.id);
    const std::string text = "somebody else than the runner did \"" + meddling.detail + "\" to container " +
                             meddling.container.value + " of job " + job +
                             "; the job is ended. Find out who it was: whoever reaches the Engine's socket is root";
    host::error("DCK-DRIFT: " + text, {{"job", job}, {"runner_name", run.station.runner.name}});
    run.station.alarms.spawn(put_on_record(run.station.plant.records, text, job));
}

} // namespace

docker::WatchOptions watch_options(std::string runner_name)
{
    docker::WatchOptions options;
    options.blind = [runner_name](std::string_view why) {
        host::warn("The Engine's events cannot be read, so nobody notices what others do to jobs' containers: " +
                       std::string(why),
                   {{"runner_name", runner_name}});
    };
    options.sighted = [runner_name] {
        host::info("The Engine's events are read again", {{"runner_name", runner_name}});
    };
    return options;
}

docker::Watch::Guard guard_container(Run& run, const docker::ContainerId& id, const docker::Networking& network)
{
    return run.station.watch.guard(id, name_of(network),
                                   [&run](const docker::Meddling& meddling) { sound(run, meddling); });
}

} // namespace ysnp::job
