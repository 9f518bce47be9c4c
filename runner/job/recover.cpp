#include "runner/job/recover.h"
#include "docker/sweep.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/job/belated_report.h"
#include "runner/job/journaled_end.h"
#include "runner/job/resume_waiting.h"
#include "runner/job/roster.h"
#include "runner/trace/job_api.h"
#include <algorithm>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using state::OpenJob;
using state::Step;

asio::awaitable<void> report(std::shared_ptr<Station> station, Plant& plant, OpenJob dead)
{
    const std::string id = std::to_string(dead.job.job_id);
    std::string why;
    bool done = false;
    try {
        const state::JobSecrets secrets = plant.records.secrets().read(dead.job.secrets_file);
        trace::GitlabJob api(station->api, dead.job.job_id, secrets.job_token);
        done = co_await report_belatedly(api, dead, heard_until(dead, std::chrono::system_clock::now()));
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
        done = error.code() == Failure::missing; // after a reboot nobody can speak for the job any more
    }
    if (done && why.empty())
        host::warn("A job that an earlier run left behind was reported: " + journaled_end(end_of(dead)), {{"job", id}});
    else
        host::error("A job that an earlier run left behind could not be reported: " +
                        (why.empty() ? "GitLab does not take it" : why),
                    {{"job", id}});
    if (done) co_await plant.records.close(dead.row, dead.job.secrets_file);
}

/// A host that lost its power may have lost the name of an open job's container, but not the job.
bool known(const docker::ContainerSummary& container, const state::Journal& journal, const std::vector<OpenJob>& open)
{
    const auto id = static_cast<std::int64_t>(docker::job_of(container.labels));
    return journal.made_container(container.name) ||
           std::ranges::any_of(open, [id](const OpenJob& job) { return job.job.job_id == id; });
}

/// Somebody else's container that looks like ours is removed like the rest, and everybody hears of it.
asio::awaitable<void> tell_of_strangers(std::shared_ptr<Station> station, const docker::Leftovers& found)
{
    Records& records = station->plant.records;
    const std::vector<OpenJob> open = records.journal().open_jobs();
    for (const docker::ContainerSummary& container : found.containers) {
        if (known(container, records.journal(), open)) continue;
        const std::string text =
            "container " + container.name + " (" + container.id.value +
            ") carries this runner's labels, but no job of the journal made it; it is removed. Unless "
            "`ysnprunner exec` was killed, or the journal was moved away, find out who made it: whoever reaches the "
            "Engine's socket is root";
        host::error(text, {{"runner_name", station->runner.name}});
        co_await records.alarm("RUN-STATE", text);
    }
}

} // namespace

asio::awaitable<std::string> sweep(std::shared_ptr<Station> station, std::vector<std::uint64_t> keep)
{
    std::string why;
    try {
        const docker::Leftovers found = co_await docker::find_leftovers(station->engine, station->owner, in(1min));
        const std::size_t count = docker::remove_leftovers(found, keep, station->janitor);
        if (count > 0)
            host::warn("Removing " + std::to_string(count) + " Engine object(s) that an earlier run left behind",
                       {{"runner_name", station->runner.name}});
        co_await tell_of_strangers(station, found);
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    co_return why;
}

namespace {

/// Goes on with a job that waited for people; where what it needs is lost, with the memory that held it, the request is
/// withdrawn and the job is one of the dead.
asio::awaitable<void> go_on(std::shared_ptr<Station> station, Plant& plant, OpenJob left)
{
    const std::string id = std::to_string(left.job.job_id);
    std::string why;
    try {
        const bool over = co_await resume_waiting(station, left);
        if (over) co_return;
    } catch (const std::exception& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    host::error("A job that waited for approval cannot go on: " + (why.empty() ? "its payload is lost" : why),
                {{"job", id}});
    co_await withdraw_request(station, left);
    co_await report(station, plant, std::move(left));
}

bool belongs_to(const docker::Labels& labels, const std::vector<std::uint64_t>& jobs)
{
    const std::uint64_t job = docker::job_of(labels);
    return job != 0 && std::ranges::find(jobs, job) != jobs.end();
}

/// What this system's runner made for these jobs, at the Engine of one entry that is still configured.
asio::awaitable<void> sweep_jobs(std::shared_ptr<Station> station, std::vector<docker::Labels> configured,
                                 std::vector<std::uint64_t> jobs)
{
    const docker::Owner anyone{.runner = "", .system = station->owner.system};
    docker::Leftovers found = co_await docker::find_leftovers(station->engine, anyone, in(1min));
    const auto others = [&](const auto& object) {
        const auto carried = [&](const docker::Labels& owner) { return docker::carries(object.labels, owner); };
        return std::ranges::any_of(configured, carried) || !belongs_to(object.labels, jobs);
    };
    std::erase_if(found.containers, others);
    std::erase_if(found.volumes, others);
    std::erase_if(found.networks, others);
    docker::remove_leftovers(found, {}, station->janitor);
}

/// What jobs of entries left that are not configured any more; no other start would sweep it.
asio::awaitable<void> sweep_after(std::vector<std::shared_ptr<Station>> stations, std::vector<std::uint64_t> jobs)
{
    std::vector<docker::Labels> configured; // GitLabs count their jobs each on its own: these are not the dead ones
    for (const auto& station : stations) configured.push_back(docker::owner_labels(station->owner));
    for (const auto& station : stations) co_await sweep_jobs(station, configured, jobs);
}

/// A job of an entry that is not configured any more. Its own token speaks for it, where another entry is at its
/// GitLab; else it stays open, as the entry may come back, for as long as GitLab would listen.
void settle(const std::vector<std::shared_ptr<Station>>& stations, Plant& plant, OpenJob lost, TaskGroup& chores)
{
    const auto at_gitlab = [&](const auto& station) { return station->api.origin().to_string() == lost.job.gitlab; };
    const auto other = std::ranges::find_if(stations, at_gitlab);
    const bool over = is_past_hearing(lost, std::chrono::system_clock::now());
    const std::string next =
        other != stations.end() ? "its end is reported through runner \"" + (*other)->runner.name + "\""
        : over                  ? "GitLab takes no result of it any more"
                                : "its end is reported once a runner of " + lost.job.gitlab + " is configured again";
    host::error("The journal holds a job of runner \"" + lost.job.runner +
                    "\", which the configuration does not have any more: what it left at the Engines of the other "
                    "runners is removed, and " +
                    next,
                {{"job", std::to_string(lost.job.job_id)}});
    if (other != stations.end())
        chores.spawn(report(*other, plant, std::move(lost)));
    else if (over)
        chores.spawn(quietly(plant.records.close(lost.row, lost.job.secrets_file), "Closing a lost job"));
}

} // namespace

void take_up_open_jobs(const std::vector<std::shared_ptr<Station>>& stations, Plant& plant, TaskGroup& jobs,
                       TaskGroup& chores)
{
    std::vector<std::uint64_t> lost;
    for (OpenJob& open : plant.records.journal().open_jobs()) {
        const auto of_runner = [&](const auto& station) {
            return station->runner.name == open.job.runner && station->api.origin().to_string() == open.job.gitlab;
        };
        const auto station = std::ranges::find_if(stations, of_runner);
        if (station == stations.end()) {
            lost.push_back(static_cast<std::uint64_t>(open.job.job_id));
            settle(stations, plant, std::move(open), chores);
        } else if (open.waits_for()) {
            jobs.spawn(go_on(*station, plant, std::move(open)));
        } else {
            chores.spawn(report(*station, plant, std::move(open)));
        }
    }
    if (lost.empty() || stations.empty()) return;
    chores.spawn(quietly(sweep_after(stations, std::move(lost)), "Removing what runners left that are gone"));
}

} // namespace ysnp::job
