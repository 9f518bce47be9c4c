#include "runner/job/roster.h"
#include "docker/socket_access.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "net/wait.h"
#include "runner/host/log.h"
#include "runner/job/poll_turns.h"
#include "runner/job/recover.h"
#include "runner/job/rotate.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <optional>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto engine_retry = 2s;

/// Whose leftovers, and at which Engine.
std::tuple<std::string, std::string, std::string> owner_of(const Station& station)
{
    return {station.owner.runner, station.owner.system, station.runner.docker.host};
}

/// The entries of a configuration ask evenly apart.
Deadline first_turn_of(const Station& station)
{
    const auto& entries = station.latest->runners;
    const auto self = std::ranges::find(entries, station.runner.name, &conf::Runner::name);
    return first_turn(std::chrono::steady_clock::now(), station.latest->check_interval,
                      static_cast<std::size_t>(self - entries.begin()), entries.size());
}

/// Throws where the Engine's socket is not the runner's to use: no job could run, or everybody on the host could run
/// what the gate refuses.
void require_own_socket(const Station& station)
{
    const std::string path = docker::socket_path(station.runner.docker);
    const docker::SocketAccess access = docker::socket_access(path);
    const std::string remedy = docker::remedy_of(access, path);
    if (remedy.empty()) return;
    const bool fatal = access == docker::SocketAccess::denied || station.runner.gate.mode == conf::GateMode::enforce;
    if (!fatal) return host::warn(remedy, {{"runner_name", station.runner.name}});
    host::error(remedy, {{"runner_name", station.runner.name}});
    throw std::system_error(make_error_code(Error::invalid_value), "docker.host");
}

/// What weakens the gate is said at each start, so that nobody forgets that it is on.
void warn_of_weakenings(const conf::Runner& runner)
{
    for (const std::string& weakening : runner.gate.weakenings()) host::warn(weakening, {{"runner_name", runner.name}});
    if (!runner.gate.learns(std::chrono::system_clock::now())) return;
    host::warn("gate.mode is learn until " + conf::to_string(*runner.gate.learn_until) +
                   ": jobs run that no policy lists",
               {{"runner_name", runner.name}});
}

} // namespace

asio::awaitable<void> quietly(asio::awaitable<void> task, std::string what)
{
    std::string why;
    try {
        co_await std::move(task);
    } catch (const std::exception& error) {
        if (!is_cancellation(error)) why = error.what();
    }
    if (!why.empty()) host::error(what + " ended: " + why);
}

Roster::Roster(asio::any_io_executor executor, Plant& plant, TaskGroup& jobs, TaskGroup& chores)
    : executor_(std::move(executor)), plant_(plant), jobs_(jobs), chores_(chores)
{
    for (const state::OpenJob& open : plant.records.journal().open_jobs())
        if (open.waits_for()) resumed_.push_back(static_cast<std::uint64_t>(open.job.job_id));
}

asio::awaitable<bool> Roster::sweep_first(std::shared_ptr<Station> station)
{
    const std::string why = co_await sweep_once(station);
    if (!why.empty())
        host::error("Looking for leftovers at the Engine: " + why + "; until it answers, no job is asked for",
                    {{"runner_name", station->runner.name}});
    co_return why.empty();
}

/// Once: later there may be jobs under this owner that run, of an entry that a reload replaced.
asio::awaitable<std::string> Roster::sweep_once(std::shared_ptr<Station> station)
{
    if (swept_.contains(owner_of(*station))) co_return std::string();
    std::string why = co_await sweep(station, resumed_);
    if (why.empty()) swept_.insert(owner_of(*station));
    co_return why;
}

/// The Engine comes up after the runner. Networks are prepared only now, as they would have been leftovers.
asio::awaitable<void> Roster::sweep_at_last(std::shared_ptr<Station> station)
{
    for (bool done = false; !done;) {
        const Deadline next = in(engine_retry);
        co_await sleep_until(next);
        const std::string why = co_await sweep_once(station);
        done = why.empty();
    }
    host::info("The Engine answers; jobs are asked for", {{"runner_name", station->runner.name}});
    if (station->networks) station->networks->start();
}

asio::awaitable<void> Roster::ask_for_jobs(std::shared_ptr<Station> station, Poller* poller)
{
    if (!swept_.contains(owner_of(*station))) co_await sweep_at_last(station);
    co_await poller->run(first_turn_of(*station));
}

asio::awaitable<void> Roster::start(std::shared_ptr<const conf::Config> config, const conf::Runner& runner)
{
    if (runner.token.empty()) {
        host::warn("The runner has no token and is skipped", {{"runner_name", runner.name}});
        co_return;
    }
    warn_of_weakenings(runner);
    const auto station = std::make_shared<Station>(plant_, std::move(config), runner);
    require_own_socket(*station);
    const bool swept = co_await sweep_first(station);
    std::exception_ptr unfit;
    try {
        co_await inspect(*station);
    } catch (const policy::StoreFault&) { // it has been said
        unfit = std::current_exception();
    } catch (const std::exception& error) {
        if (!is_cancellation(error)) host::error(error.what(), {{"runner_name", runner.name}});
        unfit = std::current_exception();
    }
    if (unfit) co_await station->stop(in(10s));
    if (unfit) std::rethrow_exception(unfit);
    station->watch.start();
    if (swept && station->networks) station->networks->start();
    station->store->start();
    Entry entry;
    entry.station = station;
    entry.poller = std::make_unique<Poller>(station, jobs_);
    entry.tasks = std::make_unique<TaskGroup>(executor_);
    entry.rotation = std::make_unique<TaskGroup>(executor_);
    entries_.insert_or_assign(runner.name, std::move(entry));
}

/// A credential that may do too much, or that does not get in, is an alarm; only the first keeps the runner from
/// starting, as the gate refuses every job without a login anyway.
asio::awaitable<void> Roster::inspect(Station& station)
{
    std::optional<policy::StoreFault> found;
    try {
        co_await station.store->inspect(station.runner.gate.projects, in(30s));
    } catch (const policy::StoreFault& fault) {
        found = fault;
    }
    if (!found) co_return;
    const std::string text =
        found->document() + ": " + found->found() + " (expected " + found->expected() + "); " + found->remedy();
    host::error(text, {{"runner_name", station.runner.name}});
    const bool too_much = found->gate_code() == "VLT-CAPS";
    if (too_much || found->code() == Failure::denied)
        co_await plant_.records.alarm(too_much ? "VLT-CAPS" : "VLT-AUTH", text);
    if (too_much) throw *found;
}

void Roster::poll(const std::string& name)
{
    const auto found = entries_.find(name);
    if (found == entries_.end()) return;
    Entry& entry = found->second;
    entry.tasks->spawn(quietly(ask_for_jobs(entry.station, entry.poller.get()), "Polling for runner " + name));
    rotate(entry);
}

void Roster::rotate(Entry& entry)
{
    entry.rotation->spawn(
        quietly(rotate_token(entry.station), "Token rotation of runner " + entry.station->runner.name));
}

asio::awaitable<void> Roster::pause_rotation()
{
    for (auto& [name, entry] : entries_) entry.rotation->cancel();
    for (auto& [name, entry] : entries_) co_await entry.rotation->join();
}

void Roster::resume_rotation()
{
    for (auto& [name, entry] : entries_)
        if (entry.rotation->size() == 0) rotate(entry);
}

std::vector<std::string> Roster::with_other_token(const conf::Config& fresh) const
{
    std::vector<std::string> names;
    for (const conf::Runner& runner : fresh.runners) {
        const auto found = entries_.find(runner.name);
        if (found == entries_.end() || found->second.station->token_unsaved) continue;
        if (found->second.station->token.reveal() != runner.token.reveal()) names.push_back(runner.name);
    }
    return names;
}

void Roster::adopt(const std::shared_ptr<const conf::Config>& config)
{
    for (auto& [name, entry] : entries_) {
        entry.station->latest = config;
        entry.poller->begin_anew(first_turn_of(*entry.station));
    }
}

asio::awaitable<void> Roster::retire(const std::string& name)
{
    auto node = entries_.extract(name);
    if (node.empty()) co_return;
    const Entry entry = std::move(node.mapped());
    entry.tasks->cancel();
    entry.rotation->cancel();
    co_await entry.tasks->join();
    co_await entry.rotation->join();
    retired_.push_back(entry.station);
    chores_.spawn(quietly(let_go(entry.station.get()), "Giving up runner " + name));
}

/// Once its last job is over. What is left at the end is stop()'s.
asio::awaitable<void> Roster::let_go(const Station* retired)
{
    const auto is_it = [retired](const auto& station) { return station.get() == retired; };
    for (;;) {
        const Deadline next = in(1s);
        co_await sleep_until(next);
        const auto found = std::ranges::find_if(retired_, is_it);
        if (found->use_count() > 1) continue;
        const std::shared_ptr<Station> station = std::move(*found);
        retired_.erase(found);
        co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        co_await station->stop(in(10s));
        co_return;
    }
}

asio::awaitable<void> Roster::stop_polling()
{
    for (auto& [name, entry] : entries_) entry.tasks->cancel();
    for (auto& [name, entry] : entries_) co_await entry.tasks->join();
    co_await pause_rotation();
}

asio::awaitable<void> Roster::stop(Deadline until)
{
    for (auto& [name, entry] : entries_) co_await entry.station->stop(until);
    for (const auto& station : retired_) co_await station->stop(until);
}

std::vector<std::string> Roster::names() const
{
    std::vector<std::string> names;
    for (const auto& [name, entry] : entries_) names.push_back(name);
    return names;
}

std::vector<std::shared_ptr<Station>> Roster::stations() const
{
    std::vector<std::shared_ptr<Station>> stations;
    for (const auto& [name, entry] : entries_) stations.push_back(entry.station);
    return stations;
}

} // namespace ysnp::job
