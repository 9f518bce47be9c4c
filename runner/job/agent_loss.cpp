#include "runner/job/agent_loss.h"
#include "net/failure.h"
#include "runner/agent/session.h"
#include <algorithm>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using gitlab::FailureReason;

constexpr std::chrono::seconds engine_call{60};

std::string text_of(const std::exception_ptr& error)
{
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    }
}

bool there(const docker::Inspection& found) { return found.status == "running" || found.status == "paused"; }

std::string state_of(const docker::Inspection& found) { return "its container is \"" + found.status + "\""; }

std::string why_it_ended(const docker::Inspection& found)
{
    if (found.oom_killed) return "it ran out of memory";
    if (!found.error.empty()) return found.error;
    return "its first process was killed (exit code " + std::to_string(found.exit_code) + ")";
}

JobError system_failure(const std::string& text) { return {FailureReason::runner_system_failure, text}; }

} // namespace

asio::awaitable<JobError> agent_lost(docker::Engine& engine, docker::ContainerId container, std::exception_ptr error)
{
    const std::string what = text_of(error);
    std::optional<docker::Inspection> found;
    std::string unknown;
    try {
        found = co_await engine.inspect(std::move(container), in(engine_call));
    } catch (const docker::EngineError& failure) {
        if (failure.code() == Failure::cancelled) throw;
        unknown = failure.what();
    }
    if (!unknown.empty()) co_return system_failure(what + "; the Engine does not say how its container is: " + unknown);
    if (!found) co_return system_failure("the job's container ended by itself: somebody removed it");
    if (there(*found)) co_return system_failure(what + "; " + state_of(*found));
    co_return system_failure("the job's container ended by itself: " + why_it_ended(*found));
}

asio::awaitable<void> expect_first_word(docker::Engine& engine, docker::ContainerId container, Event& heard,
                                        Deadline until, FirstWord limits)
{
    bool spoke = co_await heard.wait(std::min(until, in(limits.look)));
    if (spoke) co_return;
    const auto found = co_await engine.inspect(container, until);
    if (found && !there(*found))
        throw system_failure("the Engine says that it started the container, but the container is \"" + found->status +
                             "\"");
    spoke = co_await heard.wait(std::min(until, in(limits.speak)));
    if (spoke) co_return;
    const std::exception_ptr silence = std::make_exception_ptr(agent::Silence(limits.look + limits.speak));
    const JobError lost = co_await agent_lost(engine, std::move(container), silence);
    throw lost;
}

} // namespace ysnp::job
