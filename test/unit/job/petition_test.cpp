#include "net/cancellation.h"
#include "net/task_group.h"
#include "net/wait.h"
#include "test/unit/job/petition_fixture.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::job;
using namespace ysnp::job::petition;

TEST_CASE("a job passes by a decision that was made after its place was taken [AC-A21]")
{
    Wait wait;
    wait.approvals.looks = {nothing, by_bob};
    wait.job.decisions = {decision(Verdict::ask), decision(Verdict::pass), decision(Verdict::pass)};
    CHECK(wait.run().allowed());
    CHECK(wait.job.placed);
    CHECK(wait.job.judged == 3);
    CHECK(wait.job.judged_without_place == 2);
    CHECK(wait.job.said("Waiting for approval: request 1-x"));
    CHECK(wait.job.said("approve: like this"));
}

TEST_CASE("policy that changed while the place was waited for refuses, or makes the job wait on [AC-A21]")
{
    Wait refused;
    refused.job.decisions = {decision(Verdict::pass), decision(Verdict::refuse, "POL-CONDITION")};
    CHECK(refused.run().code() == "POL-CONDITION");
    Wait longer;
    longer.approvals.looks = {by_bob};
    longer.job.decisions = {decision(Verdict::pass), decision(Verdict::ask), decision(Verdict::pass)};
    CHECK(longer.run().allowed());
    CHECK(longer.job.judged == 4);
    CHECK(longer.job.judged_without_place == 2);
}

TEST_CASE("whatever goes wrong while a job waits, it waits on, and never passes [INV-11] [AC-A01] [AC-A14]")
{
    for (const auto& bad : {down, denied}) {
        Wait wait;
        wait.limit = 50ms;
        wait.approvals.looks = {bad};
        wait.job.decisions = {decision(Verdict::ask)};
        const Decision end = wait.run();
        CHECK(end.code() == "USR-TIMEOUT");
        CHECK(end.verdict == Verdict::refuse);
        CHECK(wait.job.said("gives no answer that counts"));
        CHECK(wait.job.judged == 1);
    }
    Wait judging; // the decision itself cannot be made
    judging.limit = 50ms;
    judging.job.decisions = {unanswered()};
    CHECK_FALSE(judging.run().allowed());
    Wait recovering;
    recovering.approvals.looks = {down, denied, down, by_bob};
    recovering.job.decisions = {decision(Verdict::ask), unanswered(), decision(Verdict::pass)};
    CHECK(recovering.run().allowed());
    CHECK(recovering.job.placed);
}

TEST_CASE("a job starts once the use of earlier approvals is counted, and not where none is left or nobody can count "
          "[AC-L09]")
{
    Wait wait;
    wait.job.decisions = {decision(Verdict::pass)};
    CHECK(wait.run().allowed());
    CHECK(wait.approvals.used == 1); // after the place was taken, and once
    Wait taken;                      // by another job, between the look and the count
    taken.approvals.uses = {[] { return false; }};
    taken.approvals.looks = {by_bob};
    taken.job.decisions = {decision(Verdict::pass), decision(Verdict::pass), decision(Verdict::ask),
                           decision(Verdict::pass)};
    CHECK(taken.run().allowed());
    CHECK(taken.approvals.used == 2);
    CHECK(taken.job.judged == 5);
    Wait down_meanwhile;
    down_meanwhile.approvals.uses = {[]() -> bool { throw fault(503); }, []() -> bool { throw fault(403); }};
    down_meanwhile.job.decisions = {decision(Verdict::pass)};
    CHECK(down_meanwhile.run().allowed());
    CHECK(down_meanwhile.approvals.used == 3);
    CHECK(down_meanwhile.job.said("gives no answer that counts"));
    Wait never;
    never.limit = 40ms;
    for (int i = 0; i < 1000; ++i) never.approvals.uses.push_back([]() -> bool { throw fault(403); });
    never.job.decisions = {decision(Verdict::pass)};
    const Decision end = never.run();
    CHECK_FALSE(end.allowed());
    CHECK_FALSE(never.job.placed);
}

TEST_CASE("a request that vanished is judged, and the judgement refuses [AC-A26]")
{
    Wait wait;
    wait.approvals.looks = {nothing, vanished};
    wait.job.decisions = {decision(Verdict::ask), decision(Verdict::refuse, "USR-CHANGED")};
    CHECK(wait.run().code() == "USR-CHANGED");
    CHECK(wait.job.judged == 2);
}

TEST_CASE("the wait ends by its own clock, also where no place is free, no turn comes or nothing can be written "
          "[AC-A27]")
{
    const auto expired = [](const std::function<void(Wait&)>& arrange) {
        Wait wait;
        wait.limit = 30ms;
        wait.job.decisions = {decision(Verdict::ask)};
        arrange(wait);
        const Decision end = wait.run();
        CHECK(end.code() == "USR-TIMEOUT");
        CHECK(end.verdict == Verdict::refuse);
        CHECK_FALSE(wait.job.placed);
    };
    expired([](Wait&) {});
    expired([](Wait& wait) {
        wait.job.decisions = {decision(Verdict::pass)};
        wait.job.no_place = true;
    });
    expired([](Wait& wait) { wait.job.no_turn = true; });
    expired([](Wait& wait) {
        for (int i = 0; i < 1000; ++i) wait.approvals.asks.push_back([] { throw fault(503); });
    });
    expired([](Wait& wait) { // approved, but only after the time was over
        wait.limit = 0ms;
        wait.resumed = true;
        wait.job.decisions = {decision(Verdict::pass)};
        wait.job.placed = false;
    });
}

TEST_CASE("a wait can be cancelled at any moment")
{
    Wait wait;
    wait.job.decisions = {decision(Verdict::ask)};
    bool ended = false;
    test::run([](Wait& what, bool& over) -> awaitable<void> {
        const auto executor = co_await boost::asio::this_coro::executor;
        TaskGroup tasks(executor);
        tasks.spawn([](Wait& inner, bool& done) -> awaitable<void> {
            try {
                co_await inner.whole();
            } catch (const std::exception& error) {
                done = is_cancellation(error);
                throw;
            }
        }(what, over));
        co_await sleep_until(in(20ms));
        tasks.cancel();
        co_await tasks.join();
    }(wait, ended));
    CHECK(ended);
    CHECK(wait.job.stands);
}
