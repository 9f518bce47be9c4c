#pragma once
#include "net/failure.h"
#include "net/wait.h"
#include "runner/job/petition.h"
#include "runner/policy/store.h"
#include "test/double/run.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <functional>

/// A job that asks and waits, on a scripted store and a scripted handling.
namespace ysnp::job::petition {

using namespace std::chrono_literals;
using boost::asio::awaitable;
using checks::ApprovalEvidence;
using checks::ApprovalRequest;
using checks::Decision;
using checks::Verdict;

inline policy::StoreFault fault(unsigned status)
{
    return {http_status_code(status), "cicd/p/approvals/1-x/request", "status " + std::to_string(status), "an answer",
            "bring Vault back"};
}

inline Decision decision(Verdict verdict, const char* code = "", checks::Blame blame = checks::Blame::job)
{
    Decision made;
    made.verdict = verdict;
    made.blame = blame;
    if (*code != 0) made.reasons.push_back({checks::Finding::refused, code, "", "", "", "", "", ""});
    return made;
}

inline Decision unanswered() { return decision(Verdict::refuse, "VLT-UNAVAIL", checks::Blame::system); }

inline checks::ApprovalRecord by(const std::string& who)
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
    awaitable<void> granted(ApprovalRequest, const Decision&, Deadline) override { co_return; }
    awaitable<void> withdraw(ApprovalRequest, Deadline) override { co_return; }
    std::vector<std::string> instructions(const ApprovalRequest&) const override { return {"approve: like this"}; }
};

inline ApprovalEvidence nothing(const ApprovalRequest& request) { return {request, {}}; }
inline ApprovalEvidence by_bob(const ApprovalRequest& request) { return {request, {by("bob")}}; }
inline ApprovalEvidence vanished(const ApprovalRequest&) { return {}; }
inline ApprovalEvidence down(const ApprovalRequest&) { throw fault(503); }
inline ApprovalEvidence denied(const ApprovalRequest&) { throw fault(403); }

struct ScriptedJob final : Petitioner {
    std::deque<Decision> decisions; ///< the last one stays
    bool placed = true, no_place = false, no_turn = false, stands = false, announced = false, in_peace = false;
    int turns = 0, claims = 0; ///< how often it queued
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
    awaitable<bool> turn(Deadline until) override
    {
        ++turns;
        if (no_turn) co_await sleep_until(until);
        co_return !no_turn;
    }
    awaitable<std::optional<checks::Reason>> announce(ApprovalRequest& request, const Decision&) override
    {
        request.denied = 1;
        announced = true;
        if (!in_peace) co_return std::nullopt;
        co_return checks::Reason{{}, "USR-DENIED", "approval", "a pause", "denied 2 times", "", "", ""};
    }
    void give_place_back() override { placed = false; }
    awaitable<void> take_place(Deadline until) override
    {
        ++claims;
        if (no_place) co_await sleep_until(until);
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

inline constexpr Patience quick{.look = 1ms, .longest_pause = 4ms, .remind = 20ms};

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

} // namespace ysnp::job::petition
