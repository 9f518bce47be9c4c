#include "runner/job/ask_pause.h"
#include "conf/units.h"
#include <algorithm>

namespace ysnp::job {
namespace {

using namespace std::chrono_literals;

constexpr auto first = 5min;
constexpr std::chrono::minutes longest = 1h;
constexpr std::int64_t denials_that_pause = 2, requests_that_pause = 5;

std::string times(std::int64_t count, const char* what)
{
    return std::string(what) + " " + (count == 1 ? "once" : std::to_string(count) + " times");
}

/// What makes the pause: people who said no so often, else that nobody answered.
bool paused_by_denials(const state::Asks& before) { return before.denied >= denials_that_pause; }

checks::Reason reason_of(const state::Asks& before, std::chrono::minutes pause, checks::Now end)
{
    const bool denied = paused_by_denials(before);
    const std::string no = times(before.denied, "denied"), silence = times(before.unanswered, "unanswered");
    return {{},
            denied ? "USR-DENIED" : "USR-TIMEOUT",
            "approval",
            "a pause of " + std::to_string(pause.count()) + " min before people are asked about the same again",
            (denied ? no + ", " + silence : silence + ", " + no) + " in the last day",
            "retry the job after " + conf::to_string(end) + (denied ? ", and ask why it is denied" : ""),
            "",
            ""};
}

} // namespace

std::chrono::minutes pause_after(const state::Asks& before)
{
    if (paused_by_denials(before)) {
        const std::int64_t doublings = std::min<std::int64_t>(before.denied - denials_that_pause, 4);
        return std::min(longest, first * (1 << doublings));
    }
    return before.unanswered >= requests_that_pause ? first : 0min;
}

/// A time ahead of the clock's is of a clock that was set back: nobody can tell what is left of that pause.
std::optional<checks::Reason> left_in_peace(const state::Asks& before, std::chrono::system_clock::time_point now)
{
    const std::chrono::minutes pause = pause_after(before);
    const auto end = before.newest + pause;
    if (before.newest > now || end <= now) return std::nullopt;
    return reason_of(before, pause, std::chrono::ceil<std::chrono::seconds>(end));
}

} // namespace ysnp::job
