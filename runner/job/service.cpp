#include "runner/job/service.h"
#include "conf/changes.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "net/wait.h"
#include "runner/host/log.h"
#include "runner/host/resident.h"
#include "runner/job/recover.h"
#include "runner/job/watchdog.h"
#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/this_coro.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;
using host::Wish;

/// The journal grows with each job. No job's token lives as long as this.
constexpr std::chrono::hours remembered_for = 24h * 60;

asio::awaitable<void> forget_old_jobs(Records& records)
{
    for (;;) {
        std::string why;
        try {
            co_await records.forget_jobs(remembered_for);
        } catch (const std::system_error& error) {
            if (is_cancellation(error)) throw;
            why = error.what();
        }
        if (!why.empty()) host::warn("The journal could not be made smaller: " + why);
        co_await sleep_until(in(24h));
    }
}

} // namespace

Service::Service(asio::any_io_executor executor, Plant& plant, std::shared_ptr<const conf::Config> config,
                 Reload reload, host::Notifier notifier)
    : executor_(executor), plant_(plant), config_(std::move(config)), reload_(std::move(reload)),
      notifier_(std::move(notifier)), anchoring_(executor, plant.records, plant.system_id), jobs_(executor),
      chores_(executor), roster_(executor, plant, jobs_, chores_)
{
}

Service::~Service() = default;

/// For a reload: an entry that may not start is left aside, and said so; the others go on.
asio::awaitable<bool> Service::try_start(const conf::Runner& runner)
{
    std::string why;
    try {
        co_await roster_.start(config_, runner);
        co_return true;
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    host::error("The runner takes no jobs until its configuration is mended and reloaded: " + why,
                {{"runner_name", runner.name}});
    co_return false;
}

/// The chain is one for all runners: one of their stores keeps its head.
asio::awaitable<void> Service::anchor()
{
    std::shared_ptr<policy::AnchorPlace> place; // lives as its station does
    for (const auto& station : roster_.stations()) {
        policy::AnchorPlace* const here = station->store->anchors();
        if (!place && here != nullptr) place = {station, here};
    }
    anchoring_.use(std::move(place));
    co_await anchoring_.compare();
}

asio::awaitable<void> Service::reload()
{
    notifier_.reloading();
    co_await roster_.pause_rotation(); // what is read has the newest tokens then
    std::optional<conf::Config> fresh = reload_();
    if (fresh)
        co_await apply(std::move(*fresh));
    else
        host::error("The configuration is wrong; the runner goes on with the one it has");
    roster_.resume_rotation();
    notifier_.ready("Configuration " + std::string(fresh ? "reloaded" : "kept: the new one is wrong"));
}

asio::awaitable<void> Service::apply(conf::Config fresh)
{
    conf::Changes changes = conf::difference(*config_, fresh);
    for (std::string& name : roster_.with_other_token(fresh))
        if (std::ranges::find(changes.changed, name) == changes.changed.end())
            changes.changed.push_back(std::move(name));
    conf::keep_until_restart(*config_, fresh);
    host::info(changes.empty() ? "The configuration was reloaded; nothing changed"
                               : "The configuration was reloaded: " + changes.to_string());
    const auto changed = [&](const char* key) {
        return std::ranges::find(changes.settings, key) != changes.settings.end();
    };
    const bool gate = changed("gate"), every_entry = gate || changed("connection_max_age");
    config_ = std::make_shared<const conf::Config>(std::move(fresh));
    plant_.slots.resize(config_->concurrent);
    host::set_log_level(config_->log.level);
    std::vector<std::string> gone = changes.removed;
    gone.insert(gone.end(), changes.changed.begin(), changes.changed.end());
    if (every_entry) gone = roster_.names();
    for (const std::string& name : gone) co_await roster_.retire(name);
    roster_.adopt(config_);
    for (const conf::Runner& runner : config_->runners) {
        if (roster_.contains(runner.name)) continue;
        const bool fit = co_await try_start(runner);
        if (fit) roster_.poll(runner.name);
    }
    if (gate) co_await anchor_anew();
}

/// A running service goes on where the new store's anchor does not fit, but nothing passes any more.
asio::awaitable<void> Service::anchor_anew()
{
    std::string why;
    try {
        co_await anchor();
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    if (why.empty()) co_return;
    host::error(why);
    plant_.records.hold_passes(why);
}

/// SIGQUIT: whatever runs may finish, what waits for people is left to the next start; a SIGTERM meanwhile cancels it.
asio::awaitable<void> Service::drain(host::Signals& signals)
{
    host::info("Stopping: no new jobs, " + std::to_string(jobs_.size()) + " still running");
    notifier_.stopping("Finishing jobs");
    plant_.waiting.suspend();
    while (jobs_.size() > 0) {
        const auto first = co_await (jobs_.idle_until(never()) || signals.next());
        if (first.index() == 0) co_return;
        if (std::get<1>(first) == Wish::cancel) co_return co_await cancel(signals);
    }
}

/// SIGTERM: every job is ended and reported; what has not ended within shutdown_timeout is left to the next start.
asio::awaitable<void> Service::cancel(host::Signals& signals)
{
    host::info("Stopping: canceling " + std::to_string(jobs_.size()) + " job(s)");
    notifier_.stopping("Canceling jobs");
    for (Stop* stop : plant_.running) stop->end(Why::interrupted, "terminated");
    const Deadline until = in(config_->shutdown_timeout);
    while (jobs_.size() > 0) {
        const auto first = co_await (jobs_.idle_until(until) || signals.next());
        if (first.index() == 0 || std::get<1>(first) == Wish::leave) break;
    }
    if (jobs_.size() == 0) co_return;
    host::error("Leaving " + std::to_string(jobs_.size()) + " job(s) behind; the next start reports them");
    jobs_.cancel();
    co_await jobs_.join_until(in(5s));
}

asio::awaitable<void> Service::close()
{
    chores_.cancel();
    co_await chores_.join();
    const Deadline until = in(config_->shutdown_timeout);
    co_await anchoring_.finish(std::min(until, in(5s)));
    co_await roster_.stop(until);
}

asio::awaitable<void> Service::begin()
{
    for (const conf::Runner& runner : config_->runners) co_await roster_.start(config_, runner);
    co_await anchor();
    const std::vector<std::string> names = roster_.names();
    take_up_open_jobs(roster_.stations(), plant_, jobs_, chores_);
    chores_.spawn(quietly(feed_watchdog(notifier_, plant_.pool), "The watchdog"));
    chores_.spawn(quietly(forget_old_jobs(plant_.records), "Forgetting old jobs"));
    chores_.spawn(quietly(anchoring_.run(), "Anchoring the audit chain"));
    chores_.spawn(quietly(plant_.logins.run(1min), "Looking after the logins"));
    for (const std::string& name : names) roster_.poll(name);
    host::info("Ready: " + std::to_string(names.size()) + " runner(s), " + std::to_string(config_->concurrent) +
               " job(s) at once");
    notifier_.ready("Polling for jobs");
    host::release_start_pages();
}

asio::awaitable<void> Service::serve(host::Signals& signals)
{
    for (bool stopping = false; !stopping;) {
        const Wish wish = co_await signals.next();
        if (wish == Wish::reload) {
            co_await reload();
            continue;
        }
        stopping = true;
        co_await roster_.stop_polling();
        if (wish == Wish::drain)
            co_await drain(signals);
        else
            co_await cancel(signals);
    }
}

asio::awaitable<void> Service::run(host::Signals& signals)
{
    std::exception_ptr unfit;
    try {
        co_await begin();
    } catch (...) {
        unfit = std::current_exception();
    }
    if (!unfit) co_await serve(signals);
    co_await close();
    if (unfit) std::rethrow_exception(unfit);
}

} // namespace ysnp::job
