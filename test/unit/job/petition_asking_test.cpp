#include "conf/units.h"
#include "runner/job/ask_pause.h"
#include "test/unit/job/petition_fixture.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::job;
using namespace ysnp::job::petition;

TEST_CASE("a request is asked again while the store is down; one that can never stand refuses")
{
    Wait wait;
    wait.approvals.asks = {[] { throw fault(503); }, [] { throw fault(429); }};
    wait.job.decisions = {decision(Verdict::pass)};
    CHECK(wait.run().allowed());
    CHECK(wait.approvals.asked == 3);
    for (const unsigned status : {400u, 403u, 409u, 413u}) {
        Wait never;
        never.approvals.asks = {[status] { throw fault(status); }};
        never.job.decisions = {decision(Verdict::pass)};
        const Decision end = never.run();
        CHECK_FALSE(end.allowed());
        CHECK(end.blame == checks::Blame::system);
        CHECK(never.job.judged == 0);
        CHECK_FALSE(never.job.stands);
    }
}

TEST_CASE("people who refused too often are left in peace: nothing is written for them [AC-A23]")
{
    Wait wait;
    wait.job.decisions = {decision(Verdict::pass)};
    wait.job.in_peace = true;
    const Decision end = wait.run();
    CHECK(end.verdict == Verdict::refuse);
    CHECK(end.code() == "USR-DENIED");
    CHECK(end.blame == checks::Blame::job);
    CHECK(wait.approvals.asked == 0);
    Wait behind;
    behind.job.decisions = {decision(Verdict::ask)};
    behind.job.no_turn = true;
    behind.limit = 10ms;
    behind.run();
    CHECK_FALSE(behind.job.announced); // who waits behind another has not been asked about
}

TEST_CASE("each request says how often people were asked before, and a pause grows with their denials [AC-A23]")
{
    Wait wait;
    wait.job.decisions = {decision(Verdict::pass)};
    CHECK(wait.run().allowed());
    CHECK(wait.approvals.written.denied == 1);
    const auto minutes = [](std::int64_t denied, std::int64_t unanswered) {
        return pause_after({denied, unanswered, {}}).count();
    };
    CHECK(minutes(0, 0) == 0);
    CHECK(minutes(1, 4) == 0);
    CHECK(minutes(1, 5) == 5);
    CHECK(minutes(2, 0) == 5);
    CHECK(minutes(3, 9) == 10);
    CHECK(minutes(5, 0) == 40);
    CHECK(minutes(6, 0) == 60);
    CHECK(minutes(1'000'000'000'000, 0) == 60);
    const auto now = std::chrono::system_clock::now();
    const std::optional<checks::Reason> reason = left_in_peace({2, 0, now - 1min}, now);
    REQUIRE(reason);
    CHECK(reason->code == "USR-DENIED");
    CHECK(reason->found == "denied 2 times, unanswered 0 times in the last day");
    const auto end = std::chrono::ceil<std::chrono::seconds>(now + 4min);
    CHECK(reason->remedy.find(conf::to_string(end)) != std::string::npos);
    const std::optional<checks::Reason> silence = left_in_peace({1, 5, now - 1min}, now);
    REQUIRE(silence); // one denial makes no pause: what makes it is that nobody answered
    CHECK(silence->code == "USR-TIMEOUT");
    CHECK(silence->found == "unanswered 5 times, denied once in the last day");
    CHECK(silence->remedy.find("ask why") == std::string::npos);
    CHECK(left_in_peace({0, 5, now - 1min}, now)->code == "USR-TIMEOUT");
    CHECK(left_in_peace({2, 5, now - 1min}, now)->code == "USR-DENIED");
    CHECK_FALSE(left_in_peace({2, 0, now - 5min}, now));
    CHECK_FALSE(left_in_peace({0, 4, now}, now));
    CHECK_FALSE(left_in_peace({9, 0, now + 1h}, now)); // the clock was set back
}

TEST_CASE("the log says what is waited for, again every while, and who has approved, each once")
{
    Wait wait;
    wait.limit = 100ms;
    wait.approvals.looks = {by_bob};
    Decision half = decision(Verdict::ask);
    half.approved_by = {by("bob")};
    half.notes = {"approval of eve does not count: USR-SELF", "a note of policy"};
    wait.job.decisions = {half};
    CHECK(wait.run().code() == "USR-TIMEOUT");
    CHECK(wait.job.said("Still waiting for approval: request 1-x, 1 approval of 1"));
    CHECK(std::ranges::count(wait.job.lines, "approval of eve does not count: USR-SELF") == 1);
    CHECK(wait.job.said("bob approves"));
    CHECK_FALSE(wait.job.said("a note of policy"));
}

TEST_CASE("a job that waits behind another, or for a place, says so every while, until the end of its wait")
{
    Wait behind;
    behind.limit = 70ms;
    behind.job.decisions = {decision(Verdict::ask)};
    behind.job.no_turn = true;
    CHECK(behind.run().code() == "USR-TIMEOUT");
    CHECK(behind.job.lines.front() == "Another job with the same content waits for approval; this one asks after it");
    CHECK(behind.job.said("Still waiting for the answer to another job with the same content, 1 min left"));
    CHECK_FALSE(behind.job.announced);
    CHECK(behind.job.turns == 2); // a look, then one wait
    Wait crowded;
    crowded.limit = 70ms;
    crowded.job.decisions = {decision(Verdict::pass)};
    crowded.job.no_place = true;
    CHECK(crowded.run().code() == "USR-TIMEOUT");
    CHECK(crowded.job.said("Still waiting for a free place to run: request 1-x, 1 min left"));
    CHECK(crowded.job.lines.size() < 12);
    CHECK(crowded.job.claims == 1); // who was granted first comes first
}
