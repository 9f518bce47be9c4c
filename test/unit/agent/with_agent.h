#pragma once
#include "net/failure.h"
#include "runner/agent/shell.h"
#include "test/unit/agent/agent_process.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_all.hpp>
#include <filesystem>

namespace ysnp::agent::test {

struct Outcome {
    StageResult result;
    std::string output;
};

/// A started agent and its session, for tests that read from top to bottom.
class WithAgent {
public:
    explicit WithAgent(AgentProcess::Options options = AgentProcess::Options(), Limits limits = Limits());
    Outcome run(const Stage& stage, Deadline until = in(std::chrono::seconds(50)));
    /// Runs the stage and, beside it, `meanwhile`.
    Outcome run(const Stage& stage, boost::asio::awaitable<void> meanwhile,
                Deadline until = in(std::chrono::seconds(50)));
    /// Drives any coroutine on this agent's context.
    template <class T>
    T drive(boost::asio::awaitable<T> task)
    {
        return ysnp::test::run(context, std::move(task));
    }
    /// Ends the session; the agent's exit code.
    int finish();

    boost::asio::io_context context{1};
    AgentProcess process;
    Secret key;
    std::unique_ptr<Session> session;
    Hello hello;
};

Outcome run_stage(const Stage& stage);
Outcome run_script(std::string script);
/// Sleeps, then calls.
boost::asio::awaitable<void> later(std::chrono::milliseconds pause, std::function<void()> call);
/// Permission bits of what stands there itself: a link is not followed.
unsigned mode_of(const std::filesystem::path& path);

/// Checks that `call` throws a system_error of that class whose message holds `part`.
#define CHECK_THROWS_WITH_CODE(call, failure, part)                                                                    \
    try {                                                                                                              \
        (call);                                                                                                        \
        FAIL_CHECK("nothing was thrown");                                                                              \
    } catch (const std::system_error& thrown) {                                                                        \
        CHECK(thrown.code() == (failure));                                                                             \
        CHECK(std::string(thrown.what()).find(part) != std::string::npos);                                             \
    }

} // namespace ysnp::agent::test
