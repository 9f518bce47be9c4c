#include "net/all_of.h"
#include "runner/job/agent_loss.h"
#include "runner/job/workplace.h"
#include <boost/asio/this_coro.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using gitlab::FailureReason;
using namespace std::chrono_literals;

constexpr auto start_call = 60s;
constexpr auto agent_call = 30s;

} // namespace

/// Keeps what goes wrong: why the Engine did not start the container explains it better than that it says nothing.
asio::awaitable<void> Workplace::hear(agent::Hello& hello, std::exception_ptr& unheard, Event& heard, Deadline until)
{
    agent::Limits limits;
    limits.deadline = run_.timeout + 10min; // the runner ends the job before; this is for a runner that cannot
    try {
        hello = co_await session_->start(run_.frame_key, limits, until);
    } catch (...) {
        unheard = std::current_exception();
    }
    heard.set();
}

/// The agent is up before the Engine answers.
asio::awaitable<void> Workplace::start_and_look(Event& heard, Deadline until)
{
    co_await run_.station.engine.start(id_, until);
    co_await expect_first_word(run_.station.engine, id_, heard, until);
}

asio::awaitable<void> Workplace::start()
{
    const auto permit = co_await run_.station.start_gate.enter(until_);
    const Deadline until = within(start_call + agent_call);
    agent::Hello hello;
    std::exception_ptr unheard;
    const auto executor = co_await asio::this_coro::executor;
    Event heard(executor);
    co_await all_of(start_and_look(heard, until), hear(hello, unheard, heard, until));
    if (unheard) std::rethrow_exception(unheard);
    if (hello.uid != user_.uid) {
        throw JobError(FailureReason::runner_system_failure, "DCK-DRIFT: the container runs as uid " +
                                                                 std::to_string(hello.uid) + ", expected " +
                                                                 std::to_string(user_.uid));
    }
}

} // namespace ysnp::job
