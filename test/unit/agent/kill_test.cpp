#include "net/wait.h"
#include "test/unit/agent/with_agent.h"
#include <algorithm>
#include <fstream>
#include <sstream>

using namespace ysnp::agent;
using namespace ysnp::agent::test;
using ysnp::in;
namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Clock = std::chrono::steady_clock;

namespace {

milliseconds since(Clock::time_point start) { return std::chrono::duration_cast<milliseconds>(Clock::now() - start); }

} // namespace

TEST_CASE("a background process is dead before the next stage starts [DK170] [AC-C08]")
{
    WithAgent agent;
    const Clock::time_point start = Clock::now();
    const Outcome first = agent.run(shell_stage(
        "sleep 300 & (setsid sh -c 'trap \"\" TERM HUP; sleep 300' >/dev/null 2>&1 &) ; echo done; exit 4"));
    CHECK(first.result.exit_code == 4);
    CHECK(first.output == "done\n");
    CHECK(first.result.survivors == 0);
    const Outcome second = agent.run(shell_stage("ls -d /proc/[0-9]* | wc -l; exec 2>&-; pidof sleep; true"));
    CHECK(since(start) < seconds(8));
    CHECK(second.output.substr(0, second.output.find('\n')) <= "4"); // the agent, the shell, ls and wc
    CHECK(agent.finish() == 0);
}

TEST_CASE("a background process that holds the output does not delay the end [DK171] [AC-C07]")
{
    WithAgent agent;
    const Clock::time_point start = Clock::now();
    const Outcome done = agent.run(shell_stage("while :; do echo noise; sleep 0.01; done & sleep 0.1; exit 3"));
    CHECK(since(start) < seconds(8));
    CHECK(done.result.exit_code == 3);
    CHECK(done.output.starts_with("noise\n"));
}

TEST_CASE("what a filter behind the script still holds is in the output")
{
    const Outcome done = run_script("exec > >(sed s/a/b/) 2>&1; echo aaa; exit 2");
    CHECK(done.output == "baa\n");
    CHECK(done.result.exit_code == 2);
}

TEST_CASE("a script that closes its output still runs to its end [AC-C07]")
{
    const Clock::time_point start = Clock::now();
    const Outcome done = run_script("echo before; exec >&- 2>&-; sleep 0.3; exit 9");
    CHECK(done.output == "before\n");
    CHECK(done.result.exit_code == 9);
    CHECK(since(start) >= milliseconds(300));
}

TEST_CASE("a job that kills every process it can gets an honest result")
{
    const Outcome done = run_script("sleep 100 & kill -9 -1; wait $! 2>/dev/null; echo child $?; exit 21");
    CHECK(done.output.ends_with("child 137\n"));
    CHECK(done.result.exit_code == 21);
    const Outcome suicide = run_script("(kill -9 $PPID $$); sleep 5; echo never");
    CHECK(suicide.result.exit_code == 137);
    CHECK(suicide.output.find("never") == std::string::npos);
}

TEST_CASE("PID 1 withstands its job's signals")
{
    const Outcome done = run_script("for s in TERM INT HUP QUIT KILL STOP SEGV USR1; do kill -$s 1; done; echo alive");
    CHECK(done.output == "alive\n");
    CHECK(done.result.succeeded());
}

TEST_CASE("a job sees nothing of PID 1 and cannot write to its output [DK157] [AC-C19]")
{
    WithAgent agent(AgentProcess::Options{.uid = 1000});
    const Outcome done =
        agent.run(shell_stage("for f in /proc/1/fd/0 /proc/1/fd/1 /proc/1/mem /proc/1/environ /proc/1/maps; do\n"
                              "  (echo forged > $f) 2>/dev/null && echo wrote $f\n"
                              "  (cat $f) >/dev/null 2>&1 && echo read $f\n"
                              "done; echo end"));
    CHECK(done.output == "end\n");
    CHECK(done.result.stray == 0);
}

TEST_CASE("a stop sends TERM to everything, and the trap's time is respected [DK173]")
{
    WithAgent agent;
    const Clock::time_point start = Clock::now();
    bool asked = false;
    const Outcome done = agent.run(
        shell_stage("trap 'echo got TERM; sleep 1; echo clean; exit 5' TERM; echo ready; while :; do sleep 0.05; done"),
        later(milliseconds(300), [&] { asked = agent.session->request_stop(seconds(20)); }));
    CHECK(asked);
    CHECK(done.result.how == How::stopped);
    CHECK(done.result.exit_code == 5);
    CHECK(done.output.ends_with("got TERM\nclean\n"));
    CHECK(since(start) < seconds(8));
    CHECK(agent.run(shell_stage("echo after")).output == "after\n"); // [DK175]
}

TEST_CASE("a child that needs the grace keeps it after its parent has died [DK173]")
{
    WithAgent agent;
    Stage stage;
    stage.argv = {"sh", "-c",
                  "bash -c 'trap \"sleep 0.5; echo cleaned; exit 0\" TERM; while :; do sleep 0.05; done' & sleep 60"};
    const Outcome done = agent.run(stage, later(milliseconds(300), [&] { agent.session->request_stop(seconds(20)); }));
    CHECK(done.result.how == How::stopped);
    CHECK(done.output.ends_with("cleaned\n"));
}

TEST_CASE("a script that ignores TERM is killed when the grace is over [DK174] [AC-C05]")
{
    WithAgent agent;
    const Clock::time_point start = Clock::now();
    const Outcome done = agent.run(shell_stage("trap '' TERM INT; echo deaf; while :; do sleep 0.05; done"),
                                   later(milliseconds(300), [&] { agent.session->request_stop(milliseconds(500)); }));
    CHECK(done.result.how == How::stopped);
    CHECK(done.result.exit_code == 137);
    CHECK(done.result.signal == 9);
    CHECK(since(start) >= milliseconds(800));
    CHECK(since(start) < seconds(8));
}

TEST_CASE("a job that sleeps ends at once when it is stopped [DK172]")
{
    WithAgent agent;
    const Clock::time_point start = Clock::now();
    const Outcome done = agent.run(shell_stage("sleep 600"),
                                   later(milliseconds(200), [&] { agent.session->request_stop(seconds(20)); }));
    CHECK(done.result.how == How::stopped);
    CHECK(since(start) < seconds(8));
}

TEST_CASE("a second stop with a shorter grace counts")
{
    WithAgent agent;
    const Clock::time_point start = Clock::now();
    const auto twice = [](Session& session) -> asio::awaitable<void> {
        co_await ysnp::sleep_until(in(milliseconds(200)));
        session.request_stop(seconds(30));
        co_await ysnp::sleep_until(in(milliseconds(200)));
        session.request_stop(milliseconds(0));
    };
    const Outcome done = agent.run(shell_stage("trap '' TERM; while :; do sleep 0.05; done"), twice(*agent.session));
    CHECK(done.result.exit_code == 137);
    CHECK(since(start) < seconds(8));
}

TEST_CASE("a stage that passes its deadline is stopped and says so; the next one runs [DK176] [AC-C06]")
{
    WithAgent agent;
    Stage stage = shell_stage("echo begun; sleep 600");
    stage.grace = milliseconds(500);
    const Outcome done = agent.run(stage, in(milliseconds(400)));
    CHECK(done.result.how == How::timed_out);
    CHECK_FALSE(done.result.succeeded());
    CHECK(done.output == "begun\n");
    CHECK(agent.run(shell_stage("echo after")).output == "after\n");
}

TEST_CASE("nothing to stop is not an error")
{
    WithAgent agent;
    CHECK_FALSE(agent.session->request_stop(seconds(1)));
    CHECK(agent.run(shell_stage("exit 6")).result.exit_code == 6);
}

TEST_CASE("a fork bomb under a process limit ends with the stage [AC-C01]")
{
    WithAgent agent(AgentProcess::Options{.uid = 54321}); // a user of its own: the limit counts per user
    const Outcome done = agent.run(shell_stage("ulimit -u 60; f() { f | f & }; f 2>/dev/null; sleep 0.3; exit 8"));
    CHECK(done.result.survivors == 0);
    const Outcome next = agent.run(shell_stage("echo still here"));
    CHECK(next.output == "still here\n");
    CHECK(agent.finish() == 0);
}

TEST_CASE("zombies are reaped")
{
    WithAgent agent;
    const Outcome done = agent.run(shell_stage("for i in 1 2 3 4 5; do (sh -c 'sleep 0.05 &' &); done; sleep 0.5;"
                                               "cat /proc/[0-9]*/stat 2>/dev/null | grep -c ') Z ' ; true"));
    CHECK(done.output == "0\n");
}
