#include "conf/units.h"
#include "net/failure.h"
#include "net/task_group.h"
#include "net/wait.h"
#include "runner/job/ask_pause.h"
#include "runner/job/petition.h"
#include "runner/policy/store.h"
#include "test/double/run.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <functional>

using namespace ysnp;
using namespace ysnp::job;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using checks::ApprovalEvidence;
using checks::ApprovalRequest;
using checks::Decision;
using checks::Verdict;

namespace {

policy::StoreFault fault(unsigned status)
{
    return {http_status_code(status), "cicd/p/approvals/1-x/request", "status " + std::to_string(status), "an answer",
            "bring Vault back"};
}

Decision decision(Verdict verdict, const char* code = "", checks::Blame blame = checks::Blame::job)
{
    Decision made;
    made.verdict = verdict;
    made.blame = blame;
    if (*code != 0) made.reasons.push_back({checks::Finding::refused, code, "", "", "", "", "", ""});
    return made;
}

Decision unanswered() { return decision(Verdict::refuse, "VLT-UNAVAIL", checks::Blame::system); }

checks::ApprovalRecord by(const std::string& who)
{
    checks::ApprovalRecord record;
    record.entity = record.login = who;
    record.approves = true;
    return record;
}

/// A store that plays a script: each look takes the next entry, the last one stays.
struct ScriptedApprovals final : policy::Approvals {
    using Answer = std::function<ApprovalEvidence(const ApprovalRequest&)>;
    std::deque<std::function<void()>> asks; ///< each may throw
    std::deque<Answer> looks;
    std::deque<std::function<bool()>> uses; ///< each may throw; then every one succeeds
    int asked = 0, looked = 0, used = 0;
    ApprovalRequest written;

    awaitable<ApprovalRequest> ask(ApprovalRequest request, const Decision&, Deadline) override
    {
        ++asked;
        if (!asks.empty()) {
            const auto next = asks.front();
            asks.pop_front();
            next();
        }
        request.id = "1-x";
        written = request;
        co_return request;
    }
    awaitable<ApprovalEvidence> look(ApprovalRequest request, Scope, Deadline) override
    {
        ++looked;
        if (looks.empty()) co_return ApprovalEvidence{request, {}};
        const Answer next = looks.front();
        if (looks.size() > 1) looks.pop_front();
        co_return next(request);
    }
    awaitable<bool> use(ApprovalRequest, const Decision& by, Deadline) override
    {
        ++used;
        CHECK(by.allowed());
        if (uses.empty()) co_return true;
        const auto next = uses.front();
        uses.pop_front();
        co_return next();
    }
    awaitable<void> withdraw(ApprovalRequest, Deadline) override { co_return; }
    std::vector<std::string> instructions(const ApprovalRequest&) const override { return {"approve: like this"}; }
};

ApprovalEvidence nothing(const ApprovalRequest& request) { return {request, {}}; }
ApprovalEvidence by_bob(const ApprovalRequest& request) { return {request, {by("bob")}}; }
ApprovalEvidence vanished(const ApprovalRequest&) { return {}; }
ApprovalEvidence down(const ApprovalRequest&) { throw fault(503); }
ApprovalEvidence denied(const ApprovalRequest&) { throw fault(403); }

struct ScriptedJob final : Petitioner {
    std::deque<Decision> decisions; ///< the last one stays
    bool placed = true, no_place = false, no_turn = false, stands = false, announced = false, in_peace = false;
    int judged = 0, judged_without_place = 0;
    std::vector<std::string> lines;

    awaitable<Decision> judge(ApprovalRequest) override
    {
        ++judged;
        if (!placed) ++judged_without_place;
        Decision next = decisions.front();
        if (decisions.size() > 1) decisions.pop_front();
        co_return next;
    }
    awaitable<bool> turn(Deadline) override { co_return !no_turn; }
    awaitable<std::optional<checks::Reason>> announce(ApprovalRequest& request, const Decision&) override
    {
        request.denied = 1;
        announced = true;
        if (!in_peace) co_return std::nullopt;
        co_return checks::Reason{{}, "USR-DENIED", "approval", "a pause", "denied 2 times", "", "", ""};
    }
    void give_place_back() override { placed = false; }
    awaitable<void> take_place(Deadline) override
    {
        if (no_place) throw std::system_error(Error::deadline_passed, "no place");
        placed = true;
        co_return;
    }
    awaitable<void> asked(ApprovalRequest) override
    {
        stands = true;
        co_return;
    }
    void say(std::string_view line) override { lines.emplace_back(line); }
    bool said(const std::string& text) const
    {
        return std::ranges::any_of(lines, [&](const std::string& l) { return l.find(text) != std::string::npos; });
    }
};

constexpr Patience quick{.look = 1ms, .longest_pause = 4ms, .remind = 20ms};

/// Asks and waits, `limit` at most.
struct Wait {
    ScriptedJob job;
    ScriptedApprovals approvals;
    std::chrono::milliseconds limit = 10s;
    bool resumed = false;

    Decision run() { return test::run(whole()); }
    awaitable<Decision> whole()
    {
        ApprovalRequest request;
        request.nonce = "n";
        request.quorum = 1;
        Petition petition(job, approvals, request, in(limit), quick);
        if (!resumed) {
            std::optional<Decision> refused = co_await petition.ask(decision(Verdict::ask));
            if (refused) co_return *refused;
        }
        co_return co_await petition.answer();
    }
};

} // namespace

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
    CHECK(left_in_peace({0, 5, now - 1min}, now)->code == "USR-TIMEOUT");
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
            } catch (const std::system_error&) {
                done = true;
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
