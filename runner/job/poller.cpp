#include "runner/job/poller.h"
#include "docker/engine_error.h"
#include "net/cancellation.h"
#include "runner/host/log.h"
#include "runner/job/handle_job.h"
#include "runner/job/poll_turns.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using gitlab::JobOutcome;

/// GitLab holds a request for up to 50 s by default, an administrator may set more.
constexpr auto longest_poll = 10min;
constexpr auto engine_call = 10s;

asio::awaitable<void> guarded(std::shared_ptr<Station> station, gitlab::JobReply reply, Slots::Place place)
{
    const std::string name = station->runner.name;
    std::string why;
    try {
        co_await handle_job(std::move(station), std::move(reply), std::move(place));
    } catch (const std::exception& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    if (!why.empty()) host::error("A job could not be handled: " + why, {{"runner_name", name}});
}

} // namespace

Poller::Poller(std::shared_ptr<Station> station, TaskGroup& jobs)
    : station_(std::move(station)), jobs_(jobs),
      health_(station_->runner.unhealthy_requests_limit, station_->runner.unhealthy_interval),
      concurrency_(station_->runner.request_concurrency), reloaded_(station_->plant.executor)
{
}

asio::awaitable<void> Poller::run(Deadline first)
{
    auto executor = co_await asio::this_coro::executor;
    TaskGroup loops(executor);
    for (int index = 1; index < station_->runner.request_concurrency; ++index) loops.spawn(loop(index, first));
    std::exception_ptr ended;
    try {
        co_await loop(0, first);
    } catch (...) {
        ended = std::current_exception();
    }
    loops.cancel();
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        co_await loops.join();
    } catch (const std::exception&) {
        // the others end as the first one did
    }
    std::rethrow_exception(ended);
}

void Poller::begin_anew(Deadline turn)
{
    health_.reset();
    new_turn_ = turn;
    reloaded_.set(); // wakes those who wait now, nobody later
    reloaded_.reset();
}

bool Poller::may_ask(int index)
{
    return index < concurrency_.allowed() && health_.may_poll(std::chrono::steady_clock::now());
}

asio::awaitable<void> Poller::loop(int index, Deadline turn)
{
    for (;;) {
        const bool anew = co_await reloaded_.wait(turn);
        if (anew) {
            turn = new_turn_;
            continue;
        }
        bool again = may_ask(index);
        while (again) {
            const bool got_job = co_await ask();
            again = got_job && !station_->runner.strict_check_interval && may_ask(index);
        }
        turn = next_turn(turn, station_->latest->check_interval, std::chrono::steady_clock::now());
    }
}

/// Where the Engine went away, a job would be taken only to fail. The watch hears of that at once.
asio::awaitable<bool> Poller::engine_answers()
{
    if (!station_->watch.is_blind()) co_return true;
    std::string why;
    try {
        co_await station_->engine.info(in(engine_call));
    } catch (const docker::EngineError& error) {
        if (is_cancellation(error)) throw;
        why = error.what();
    }
    if (why.empty() == engine_lost_) {
        if (why.empty())
            host::info("The Engine answers again; jobs are asked for", {{"runner_name", station_->runner.name}});
        else
            host::error("The Engine is gone: " + why + "; until it answers, no job is asked for",
                        {{"runner_name", station_->runner.name}});
    }
    engine_lost_ = !why.empty();
    co_return !engine_lost_;
}

asio::awaitable<bool> Poller::ask()
{
    Slots::Place place = co_await station_->plant.slots.take(station_->runner.name, station_->runner.limit, never());
    const bool able = co_await engine_answers();
    if (!able) co_return false;
    // A long poll with the last place would keep other entries from being asked, and approved jobs from starting.
    const bool needed = station_->latest->runners.size() > 1 || station_->plant.waiting.size() > 0;
    const bool crowded = station_->plant.slots.free() == 0 && needed;
    const int rotations = station_->rotations;
    if (rotations != std::exchange(rotations_, rotations)) last_update_.clear(); // GitLab counts them by token
    gitlab::JobReply reply;
    std::string trouble;
    try {
        reply = co_await station_->api.request_job(station_->token, crowded ? "" : last_update_, in(longest_poll));
    } catch (const std::exception& error) {
        if (is_cancellation(error)) throw;
        trouble = error.what();
    }
    if (!trouble.empty()) {
        if (trouble != complaint_)
            host::warn("GitLab cannot be asked for jobs: " + trouble, {{"runner_name", station_->runner.name}});
        complaint_ = trouble;
        co_return false;
    }
    if (rotations != station_->rotations) reply.last_update.reset();
    judge(reply);
    if (reply.outcome != JobOutcome::job) co_return false;
    start(std::move(reply), std::move(place));
    co_return true;
}

void Poller::judge(const gitlab::JobReply& reply)
{
    if (reply.last_update) last_update_ = *reply.last_update;
    health_.note(reply.healthy, std::chrono::steady_clock::now());
    concurrency_.note(reply.outcome == JobOutcome::job, reply.retried);
    const bool fine =
        reply.outcome == JobOutcome::job || reply.outcome == JobOutcome::none || reply.outcome == JobOutcome::conflict;
    const std::string now = fine ? "" : std::to_string(reply.status) + " " + reply.message;
    if (now != complaint_ && !now.empty()) {
        host::warn("GitLab answered the request for a job with " + now, {{"runner_name", station_->runner.name}});
    }
    if (now.empty() && !complaint_.empty())
        host::info("GitLab answers again", {{"runner_name", station_->runner.name}});
    complaint_ = now;
}

void Poller::start(gitlab::JobReply reply, Slots::Place place)
{
    jobs_.spawn(guarded(station_, std::move(reply), std::move(place)));
}

} // namespace ysnp::job
