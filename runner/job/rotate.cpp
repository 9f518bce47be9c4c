#include "runner/job/rotate.h"
#include "conf/token_state.h"
#include "gitlab-api/rotation.h"
#include "net/cancellation.h"
#include "net/on_pool.h"
#include "runner/host/log.h"
#include <algorithm>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using Wall = std::chrono::system_clock;

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(Wall::now()); }

asio::awaitable<void> replace(Station& station, gitlab::WallTime& obtained, std::optional<gitlab::WallTime>& expires)
{
    gitlab::RunnerCredentials fresh = co_await station.api.reset_token(station.token, in(2min));
    obtained = now();
    expires = fresh.expires;
    auto save = [file = station.runner.token_state, id = station.runner.id,
                 token = std::make_shared<Secret>(fresh.token.copy()), obtained, expires] {
        conf::TokenState state;
        state.id = id;
        state.token = token->copy();
        state.obtained_at = obtained;
        state.expires_at = expires;
        conf::save_token_state(file, state);
    };
    // The old token is dead already: whoever loses the new one has to register anew, so this is never cut short.
    station.token = fresh.token.copy();
    co_await on_pool(station.plant.pool, std::move(save));
}

} // namespace

asio::awaitable<void> rotate_token(std::shared_ptr<Station> station)
{
    const conf::Runner& runner = station->runner;
    const auto flag = runner.feature_flags.find("FF_DISABLE_AUTOMATIC_TOKEN_ROTATION");
    if (flag != runner.feature_flags.end() && flag->second) {
        if (runner.token_expires_at)
            host::warn("The runner's token expires and is not replaced: FF_DISABLE_AUTOMATIC_TOKEN_ROTATION is on",
                       {{"runner_name", runner.name}});
        co_return;
    }
    gitlab::WallTime obtained = runner.token_obtained_at.value_or(now());
    std::optional<gitlab::WallTime> expires = runner.token_expires_at;
    for (int failures = 0;;) {
        const auto due = gitlab::rotation_due(obtained, expires);
        if (!due) co_return;
        const std::chrono::seconds wait = std::max<std::chrono::seconds>(*due - now(), 0s);
        // In small steps, as the host's clock may be set meanwhile.
        if (wait > 0s) {
            co_await sleep_until(in(std::min<std::chrono::seconds>(wait, 1min)));
            continue;
        }
        std::string why;
        try {
            co_await replace(*station, obtained, expires);
        } catch (const std::exception& error) {
            if (is_cancellation(error)) throw;
            why = error.what();
        }
        if (why.empty()) {
            failures = 0;
            host::info("The runner's token was replaced before it expires", {{"runner_name", runner.name}});
            continue;
        }
        host::error("The runner's token could not be replaced: " + why, {{"runner_name", runner.name}});
        ++failures;
        const Deadline again = in(gitlab::rotation_pause(failures));
        co_await sleep_until(again);
    }
}

} // namespace ysnp::job
