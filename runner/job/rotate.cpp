#include "runner/job/rotate.h"
#include "conf/token_state.h"
#include "gitlab-api/rotation.h"
#include "net/cancellation.h"
#include "net/on_pool.h"
#include "runner/host/log.h"
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Wall = std::chrono::system_clock;
using Clock = std::chrono::steady_clock;

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(Wall::now()); }

/// The save goes to the runner's own disk, so it is tried again soon.
constexpr auto save_pause = 5s;

asio::awaitable<void> ask(Station& station)
{
    gitlab::RunnerCredentials fresh = co_await station.api.reset_token(station.token, in(1min));
    station.token = std::move(fresh.token);
    station.token_obtained = now();
    station.token_expires = fresh.expires;
    station.token_unsaved = true;
    ++station.rotations;
}

asio::awaitable<void> save(Station& station)
{
    auto work = [file = station.runner.token_state, id = station.runner.id,
                 token = std::make_shared<Secret>(station.token.copy()), obtained = station.token_obtained,
                 expires = station.token_expires] {
        conf::TokenState state;
        state.id = id;
        state.token = token->copy();
        state.obtained_at = obtained;
        state.expires_at = expires;
        conf::save_token_state(file, state);
    };
    co_await on_pool(station.plant.pool, std::move(work));
    station.token_unsaved = false;
}

/// Whoever loses the new token has to register anew: while it is not on disk, that is all there is to do.
asio::awaitable<void> replace(std::shared_ptr<Station> station)
{
    if (!station->token_unsaved) co_await ask(*station);
    co_await save(*station);
}

/// Out of reach of a stop or a reload: with GitLab's answer the old token is dead.
asio::awaitable<void> replace_uncancelled(std::shared_ptr<Station> station)
{
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::co_spawn(executor, replace(std::move(station)),
                            asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable));
}

/// Whether the token is replaced by a flag's wish; where not and it expires, that is said.
bool is_wanted(const Station& station)
{
    const conf::Runner& runner = station.runner;
    const auto flag = runner.feature_flags.find("FF_DISABLE_AUTOMATIC_TOKEN_ROTATION");
    if (flag == runner.feature_flags.end() || !flag->second) return true;
    if (station.token_expires)
        host::warn("The runner's token expires and is not replaced: FF_DISABLE_AUTOMATIC_TOKEN_ROTATION is on",
                   {{"runner_name", runner.name}});
    return false;
}

/// Until the token is due, in small steps, as the host's clock may be set meanwhile; false where it never is.
asio::awaitable<bool> wait_until_due(const Station& station)
{
    while (!station.token_unsaved) {
        const auto due = gitlab::rotation_due(station.token_obtained, station.token_expires);
        if (!due) co_return false;
        const std::chrono::seconds wait = std::max<std::chrono::seconds>(*due - now(), 0s);
        if (wait == 0s) break;
        co_await sleep_until(in(std::min<std::chrono::seconds>(wait, 1min)));
    }
    co_return true;
}

void tell(const Station& station, const std::string& why)
{
    const std::string& name = station.runner.name;
    if (why.empty())
        host::info("The runner's token was replaced before it expires", {{"runner_name", name}});
    else if (station.token_unsaved)
        host::error("The runner's token was replaced at GitLab and could not be saved: " + why +
                        "; the runner uses the new one and tries on, but what ends it before that loses the token",
                    {{"runner_name", name}});
    else
        host::error("The runner's token could not be replaced: " + why, {{"runner_name", name}});
}

} // namespace

asio::awaitable<void> rotate_token(std::shared_ptr<Station> station)
{
    if (!is_wanted(*station)) co_return;
    std::string told;
    for (int failures = 0;;) {
        const bool due = co_await wait_until_due(*station);
        if (!due) co_return;
        std::string why;
        try {
            co_await replace_uncancelled(station);
        } catch (const std::exception& error) {
            if (is_cancellation(error)) throw;
            why = error.what();
        }
        if (why.empty() || why != told || !station->token_unsaved) tell(*station, why);
        told = why;
        failures = why.empty() || station->token_unsaved ? 0 : failures + 1;
        if (why.empty()) continue;
        const Deadline again =
            in(station->token_unsaved ? Clock::duration(save_pause) : gitlab::rotation_pause(failures));
        co_await sleep_until(again);
    }
}

} // namespace ysnp::job
