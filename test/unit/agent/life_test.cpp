#include "net/wait.h"
#include "test/unit/agent/with_agent.h"
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using ysnp::Failure;
using ysnp::in;
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

namespace {

asio::awaitable<void> ended(AgentProcess& process, Clock::time_point limit)
{
    while (!process.ended() && Clock::now() < limit) co_await ysnp::sleep_until(in(milliseconds(20)));
}

class SlowSink : public OutputSink {
public:
    asio::awaitable<void> write(std::string_view bytes) override
    {
        size += bytes.size();
        if (!slow) co_return;
        slow = false;
        co_await ysnp::sleep_until(in(seconds(1)));
    }
    std::size_t size = 0;
    bool slow = true;
};

} // namespace

TEST_CASE("without a sign of the runner the agent kills everything and ends")
{
    WithAgent agent({}, Limits{seconds(1), seconds(600)});
    const auto start = Clock::now();
    agent.drive(ended(agent.process, start + seconds(10)));
    CHECK(agent.process.ended());
    CHECK(agent.process.join() == 3);
    CHECK(Clock::now() - start >= milliseconds(900));
    Collector sink;
    CHECK_THROWS_WITH_CODE(agent.drive(agent.session->run(shell_stage("true"), sink, in(seconds(5)))),
                           Failure::timed_out, "no sign of the runner");
}

TEST_CASE("a running call renews the lease")
{
    WithAgent agent({}, Limits{seconds(1), seconds(600)});
    const Outcome done = agent.run(shell_stage("sleep 2.5; echo still here"));
    CHECK(done.output == "still here\n");
}

TEST_CASE("an agent that hangs is given up once it owes every answer, one that works quietly is not")
{
    WithAgent agent({}, Limits{seconds(60), seconds(600), milliseconds(300)});
    CHECK(agent.run(shell_stage("sleep 1.2; echo quiet")).output == "quiet\n");
    Collector sink;
    const int pid = agent.process.outer_pid();
    REQUIRE(pid > 1);
    using namespace asio::experimental::awaitable_operators;
    const auto both = [&]() -> asio::awaitable<void> {
        co_await (agent.session->run(shell_stage("sleep 600"), sink, in(seconds(30))) &&
                  later(milliseconds(100), [pid] { kill(pid, SIGSTOP); }));
    };
    const auto start = Clock::now();
    try {
        agent.drive(both());
        FAIL_CHECK("nothing was thrown");
    } catch (const Silence& silence) {
        CHECK(silence.code() == Failure::timed_out);
        CHECK(silence.time() >= milliseconds(300));
        CHECK(std::string(silence.what()).find("fell silent: it gave no answer for 1 s") != std::string::npos);
    }
    kill(pid, SIGKILL);
    CHECK(Clock::now() - start < seconds(5));
}

TEST_CASE("a log that takes nothing for long is no silence of the agent")
{
    WithAgent agent({}, Limits{seconds(60), seconds(600), milliseconds(300)});
    SlowSink sink;
    CHECK(agent.drive(agent.session->run(shell_stage("echo x; sleep 0.2; echo y"), sink, in(seconds(30)))).succeeded());
    CHECK(sink.size == 4);
}

TEST_CASE("between calls the lease is renewed by hand")
{
    WithAgent agent({}, Limits{seconds(1), seconds(600)});
    const auto hold = [](Session& session) -> asio::awaitable<void> {
        for (int i = 0; i < 6; ++i) {
            co_await ysnp::sleep_until(in(milliseconds(400)));
            co_await session.renew(in(seconds(5)));
        }
    };
    agent.drive(hold(*agent.session));
    CHECK(agent.run(shell_stage("echo here")).output == "here\n");
}

TEST_CASE("a pause between calls that is longer than the lease keeps the agent")
{
    WithAgent agent({}, Limits{seconds(1), seconds(600)});
    agent.drive(agent.session->rest(in(milliseconds(2500))));
    CHECK(agent.run(shell_stage("echo here")).output == "here\n");
}

TEST_CASE("the deadline ends the agent whatever the runner renews")
{
    WithAgent agent({}, Limits{seconds(60), seconds(1)});
    Collector sink;
    const auto start = Clock::now();
    CHECK_THROWS_WITH_CODE(agent.drive(agent.session->run(shell_stage("sleep 600"), sink, in(seconds(30)))),
                           Failure::timed_out, "deadline");
    CHECK(Clock::now() - start < seconds(5));
    CHECK(agent.process.join() == 3);
}

TEST_CASE("an agent that is killed is never a success [DK167]")
{
    WithAgent agent;
    Collector sink;
    const int pid = agent.process.outer_pid();
    REQUIRE(pid > 1);
    using namespace asio::experimental::awaitable_operators;
    const auto both = [&]() -> asio::awaitable<void> {
        co_await (agent.session->run(shell_stage("echo begun; sleep 600"), sink, in(seconds(30))) &&
                  later(milliseconds(300), [pid] { kill(pid, SIGKILL); }));
    };
    CHECK_THROWS_WITH_CODE(agent.drive(both()), Failure::transient, "container ended");
    CHECK(sink.text == "begun\n");
    CHECK_THROWS_WITH_CODE(agent.drive(agent.session->run(shell_stage("true"), sink, in(seconds(5)))),
                           Failure::transient, "over");
}

TEST_CASE("a sink that stalls throttles the job and loses nothing [DK154]")
{
    WithAgent agent;
    SlowSink sink;
    const StageResult result =
        agent.drive(agent.session->run(shell_stage("head -c 20000000 /dev/zero; exit 3"), sink, in(seconds(30))));
    CHECK(sink.size == 20'000'000);
    CHECK(result.exit_code == 3);
}

TEST_CASE("200 MiB of output pass quickly and whole [DK150]")
{
    WithAgent agent;
    SlowSink sink;
    sink.slow = false;
    const auto start = Clock::now();
    const std::clock_t cpu = std::clock();
    agent.drive(agent.session->run(shell_stage("head -c 209715200 /dev/zero"), sink, in(seconds(50))));
    const double used = static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC;
    const std::chrono::duration<double> took = Clock::now() - start;
    INFO("200 MiB in " << took.count() << " s, " << used << " s of CPU here");
    CHECK(sink.size == 209'715'200);
    CHECK(took < seconds(20));
    CHECK(used < 5.0);
}

TEST_CASE("another connection takes over a running stage without losing a byte [DK180]")
{
    WithAgent agent;
    Collector first;
    // 40 numbered blocks; the first connection goes away in the middle of them.
    Stage stage =
        shell_stage("for i in $(seq 1 40); do head -c 9000 /dev/zero | tr '\\0' x; echo $i; sleep 0.02; done; exit 11");
    using namespace asio::experimental::awaitable_operators;
    const auto run = [&]() -> asio::awaitable<void> {
        const auto ignored =
            co_await (agent.session->run(stage, first, in(seconds(30))) || later(milliseconds(400), [] {}));
        static_cast<void>(ignored);
    };
    agent.drive(run());
    const std::uint64_t received = agent.session->received();
    REQUIRE(received == first.text.size());
    REQUIRE(received > 0);

    Session second = agent.process.session(agent.context.get_executor());
    const Resumed found = agent.drive(second.resume(agent.key, Limits(), received, in(seconds(10))));
    CHECK(found.running);
    Collector rest;
    const StageResult result = agent.drive(second.rejoin(rest, seconds(5), in(seconds(30))));
    CHECK(result.exit_code == 11);
    std::string expected;
    for (int i = 1; i <= 40; ++i) expected += std::string(9000, 'x') + std::to_string(i) + "\n";
    CHECK(first.text + rest.text == expected);
    agent.drive(second.finish(in(seconds(10))));
    CHECK(agent.process.join() == 0);
}

TEST_CASE("a result that nobody received waits for the connection that takes over [DK181]")
{
    WithAgent agent;
    Collector first;
    const auto run = [&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        const auto ignored =
            co_await (agent.session->run(shell_stage("sleep 0.3; echo late; exit 12"), first, in(seconds(30))) ||
                      later(milliseconds(100), [] {}));
        static_cast<void>(ignored);
        co_await ysnp::sleep_until(in(milliseconds(600)));
    };
    agent.drive(run());
    Session second = agent.process.session(agent.context.get_executor());
    const Resumed found = agent.drive(second.resume(agent.key, Limits(), 0, in(seconds(10))));
    CHECK(found.running);
    Collector rest;
    const StageResult result = agent.drive(second.rejoin(rest, seconds(5), in(seconds(30))));
    CHECK(result.exit_code == 12);
    CHECK(rest.text == "late\n");
    CHECK(agent.drive(second.run(shell_stage("echo next"), rest, in(seconds(10)))).succeeded());
}

TEST_CASE("a connection that takes over an idle agent goes on where the old one stopped")
{
    WithAgent agent;
    CHECK(agent.run(shell_stage("echo one")).output == "one\n");
    const std::uint64_t received = agent.session->received();
    agent.session->close();
    Session second = agent.process.session(agent.context.get_executor());
    CHECK_FALSE(agent.drive(second.resume(agent.key, Limits(), received, in(seconds(10)))).running);
    Collector sink;
    CHECK(agent.drive(second.run(shell_stage("echo two"), sink, in(seconds(10)))).succeeded());
    CHECK(sink.text == "two\n");
}

TEST_CASE("the agent refuses to be anything but the first process")
{
    if (!can_isolate()) SKIP("no PID namespaces");
    WithAgent agent;
    const std::string copy = (agent.process.scratch().parent_path() / "agent").string();
    const Outcome done = agent.run(shell_stage(copy + "; echo $?"));
    CHECK(done.output == "ysnp-agent: runs only as the first process of a job's container\n125\n");
}

TEST_CASE("a call that is cancelled ends the session and is told as cancelled")
{
    WithAgent agent;
    Collector sink;
    const auto run = [&]() -> asio::awaitable<void> {
        using namespace asio::experimental::awaitable_operators;
        const auto ignored = co_await (agent.session->run(shell_stage("sleep 60"), sink, in(seconds(30))) ||
                                       later(milliseconds(50), [] {}));
        static_cast<void>(ignored);
    };
    agent.drive(run());
    CHECK_THROWS_WITH_CODE(agent.drive(agent.session->run(shell_stage("true"), sink, in(seconds(5)))),
                           Failure::transient, "over");
}

TEST_CASE("an agent that never speaks is given up at the deadline, and what the container printed is told")
{
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    asio::io_context context(1);
    Session session(context.get_executor(),
                    std::make_unique<PipeStream>(context.get_executor(), ends[0], fcntl(ends[0], F_DUPFD_CLOEXEC, 3)));
    const ysnp::Secret key = new_key();
    SECTION("silence")
    {
        CHECK_THROWS_WITH_CODE(ysnp::test::run(context, session.start(key, Limits(), in(milliseconds(50)))),
                               Failure::timed_out, "did not answer in time");
    }
    SECTION("an end with a message")
    {
        const std::string_view text = "exec /.ysnp/agent: exec format error\n";
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::shutdown(ends[1], SHUT_WR);
        CHECK_THROWS_WITH_CODE(ysnp::test::run(context, session.start(key, Limits(), in(seconds(10)))),
                               Failure::transient, "exec format error");
    }
    ::close(ends[1]);
}
