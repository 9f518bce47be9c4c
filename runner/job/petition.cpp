#include "runner/job/petition.h"
#include "checks/approvals.h"
#include "net/failure.h"
#include "net/wait.h"
#include "runner/job/meanwhile.h"
#include "runner/policy/gate.h"
#include <algorithm>
#include <ctime>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using checks::ApprovalRequest;
using checks::Decision;
using namespace std::chrono_literals;

constexpr auto longest_call = 60s;

/// What changes whenever people write something that may count.
std::string print_of(const checks::ApprovalEvidence& evidence)
{
    std::string text = evidence.request.nonce;
    for (const checks::ApprovalRecord& record : evidence.records) {
        text += "\n" + record.entity + " " + record.login + " " + checks::write_approval(record);
        for (const std::string& group : record.groups) text += " " + group;
    }
    return text;
}

/// A decision that no later one can be better than: people, or policy, have spoken.
bool settled(const Decision& decision)
{
    return decision.allowed() || (decision.verdict == checks::Verdict::refuse && decision.blame == checks::Blame::job);
}

Decision refused(Decision decision, checks::Reason reason)
{
    reason.finding = checks::Finding::refused;
    decision.verdict = checks::Verdict::refuse;
    decision.reasons.push_back(std::move(reason));
    return decision;
}

std::string people(std::size_t count) { return std::to_string(count) + (count == 1 ? " approval" : " approvals"); }

std::string by_whom(const ApprovalRequest& request)
{
    std::string groups;
    for (const std::string& group : request.groups) groups += (groups.empty() ? "" : ", ") + group;
    return groups.empty() ? "anybody whom the policy store lets approve" : "members of " + groups;
}

Decision expired(Decision decision, const ApprovalRequest& request, const std::string& remark)
{
    std::string found = people(decision.approved_by.size());
    if (!remark.empty()) found += "; " + remark;
    return refused(std::move(decision),
                   {{},
                    "USR-TIMEOUT",
                    "approval",
                    people(static_cast<std::size_t>(request.quorum)) + " in time, by " + by_whom(request),
                    std::move(found),
                    "retry the job when an approver is there",
                    "",
                    ""});
}

std::string clock_of(checks::Now time)
{
    const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
    std::tm utc{};
    char text[32];
    gmtime_r(&seconds, &utc);
    std::strftime(text, sizeof text, "%H:%M:%S UTC", &utc);
    return text;
}

std::string name_of(const checks::ApprovalRecord& record)
{
    return record.login.empty() ? record.entity : record.login;
}

} // namespace

Petition::Petition(Petitioner& job, policy::Approvals& approvals, ApprovalRequest request, Deadline until,
                   Patience patience)
    : job_(job), approvals_(approvals), request_(std::move(request)), until_(until), patience_(patience),
      next_reminder_(in(patience.remind)), pause_(patience.look), seen_(print_of({request_, {}}))
{
}

Deadline Petition::call_limit() const { return std::min(until_, in(longest_call)); }

awaitable<std::optional<Decision>> Petition::ask(Decision decision)
{
    job_.give_place_back();
    const bool turn = co_await await_turn();
    if (!turn) co_return expired(std::move(decision), request_, "another job with the same content waited meanwhile");
    std::optional<checks::Reason> pause = co_await job_.announce(request_, decision);
    if (pause) co_return refused(std::move(decision), std::move(*pause));
    co_return co_await put_down(std::move(decision));
}

/// Only one job asks about the same content at a time.
awaitable<bool> Petition::await_turn()
{
    bool mine = co_await job_.turn(in(0s));
    if (mine) co_return true;
    job_.say("Another job with the same content waits for approval; this one asks after it");
    const auto wait = [&]() -> awaitable<void> { mine = co_await job_.turn(until_); };
    co_await meanwhile(wait(), remind_often("the answer to another job with the same content"));
    co_return mine;
}

awaitable<std::optional<Decision>> Petition::put_down(Decision decision)
{
    while (!over()) {
        std::optional<policy::StoreFault> fault;
        try {
            ApprovalRequest standing = co_await approvals_.ask(request_, decision, call_limit());
            request_ = std::move(standing);
            seen_ = print_of({request_, {}});
            co_await job_.asked(request_);
            co_return std::nullopt;
        } catch (const policy::StoreFault& error) {
            fault = error;
        }
        if (fault->code() != Failure::transient && fault->code() != Failure::timed_out) {
            decision.blame = checks::Blame::system;
            co_return refused(std::move(decision), policy::reason_of(*fault));
        }
        complain(fault->found());
        co_await rest(pause_);
        pause_ = std::min(pause_ * 2, patience_.longest_pause);
    }
    co_return expired(std::move(decision), request_, trouble_);
}

awaitable<Decision> Petition::answer()
{
    explain();
    for (;;) {
        std::optional<Decision> decision = co_await weigh();
        if (decision) co_return std::move(*decision);
        const bool changed = co_await news();
        if (!changed) co_return expired(std::move(newest_), request_, trouble_);
    }
}

/// Judges, and again once the place is taken. Nothing while the answer is open.
awaitable<std::optional<Decision>> Petition::weigh()
{
    for (;;) {
        Decision decision = co_await job_.judge(request_);
        if (over()) co_return expired(std::move(decision), request_, trouble_);
        if (settled(decision) && !decision.allowed()) co_return decision;
        if (!decision.allowed()) co_return postponed(std::move(decision));
        if (placed_) {
            std::optional<Decision> counted = co_await count_uses(decision);
            if (!counted) {
                co_await rest(pause_); // then judged again, without what has no use left
                continue;
            }
            if (counted->allowed()) co_return counted;
            co_return postponed(std::move(*counted));
        }
        const bool placed = co_await claim_place();
        if (!placed) co_return expired(std::move(decision), request_, "no place to run was free in time");
    }
}

/// The answer is open still: the place is given back, and the job goes on waiting.
std::optional<Decision> Petition::postponed(Decision decision)
{
    if (std::exchange(placed_, false)) job_.give_place_back();
    tell(decision);
    newest_ = std::move(decision);
    return std::nullopt;
}

/// Earlier approvals serve so many later jobs: this one is counted before it starts. Nothing where another job took the
/// last use meanwhile; a store that does not answer is no yes.
awaitable<std::optional<Decision>> Petition::count_uses(Decision decision)
{
    std::optional<policy::StoreFault> fault;
    try {
        const bool counted = co_await approvals_.use(request_, decision, call_limit());
        if (!counted) co_return std::nullopt;
        co_return decision;
    } catch (const policy::StoreFault& error) {
        fault = error;
    }
    decision.blame = checks::Blame::system;
    co_return refused(std::move(decision), policy::reason_of(*fault));
}

awaitable<bool> Petition::claim_place()
{
    try {
        co_await meanwhile(job_.take_place(until_),
                           remind_often("a free place to run: request " + approvals_.public_name(request_)));
        placed_ = true;
    } catch (const std::system_error& error) {
        if (error.code() != Failure::timed_out) throw;
    }
    co_return placed_;
}

/// Waits for anything that may change the decision; false when the time is over.
awaitable<bool> Petition::news()
{
    while (!over()) {
        const bool time_left = co_await rest(pause_);
        if (!time_left) break;
        const bool changed = co_await look();
        if (changed) co_return true;
    }
    co_return false;
}

awaitable<bool> Petition::look()
{
    std::string trouble;
    try {
        const checks::ApprovalEvidence evidence =
            co_await approvals_.look(request_, policy::Approvals::Scope::answers, call_limit());
        std::string now = print_of(evidence);
        pause_ = patience_.look;
        trouble_.clear();
        const bool changed = seen_ != now;
        seen_ = std::move(now);
        co_return changed;
    } catch (const policy::StoreFault& fault) {
        trouble = fault.document() + ": " + fault.found();
        if (fault.code() == Failure::denied || fault.code() == Failure::invalid) trouble += "; " + fault.remedy();
    }
    complain(std::move(trouble));
    pause_ = std::min(pause_ * 2, patience_.longest_pause);
    co_return false;
}

/// Says every few minutes what is waited for; false when the time is over.
awaitable<bool> Petition::rest(std::chrono::milliseconds pause)
{
    const Deadline end = std::min(until_, in(pause));
    co_await sleep_until(end);
    if (over()) co_return false;
    if (std::chrono::steady_clock::now() >= next_reminder_)
        remind("approval: request " + approvals_.public_name(request_) + ", " + people(newest_.approved_by.size()) +
               " of " + std::to_string(request_.quorum));
    co_return true;
}

void Petition::explain()
{
    job_.say("Waiting for approval: request " + approvals_.public_name(request_));
    job_.say("  needed:      " + people(static_cast<std::size_t>(request_.quorum)) + ", by " + by_whom(request_));
    job_.say("  until:       " + clock_of(request_.expires));
    for (const std::string& line : approvals_.instructions(request_)) job_.say("  " + line);
}

awaitable<void> Petition::remind_often(std::string what)
{
    for (;; remind(what)) co_await sleep_until(next_reminder_);
}

void Petition::remind(const std::string& what)
{
    next_reminder_ = in(patience_.remind);
    const auto left = std::chrono::ceil<std::chrono::minutes>(until_ - std::chrono::steady_clock::now());
    job_.say("Still waiting for " + what + ", " + std::to_string(left.count()) + " min left");
}

/// Who approved so far, what does not count and why; each once.
void Petition::tell(const Decision& decision)
{
    if (decision.blame == checks::Blame::system) {
        seen_.reset(); // judged again as soon as the store answers
        complain(decision.reasons.empty() ? "" : decision.reasons.back().found);
        return;
    }
    for (const checks::ApprovalRecord& record : decision.approved_by) {
        const std::string line = name_of(record) + " approves: " + record.reason;
        if (said_.insert(line).second) job_.say(line);
    }
    for (const std::string& note : decision.notes) {
        if (note.starts_with("approval of ") && said_.insert(note).second) job_.say(note);
    }
}

void Petition::complain(std::string trouble)
{
    if (trouble == trouble_) return;
    trouble_ = std::move(trouble);
    job_.say("The policy store gives no answer that counts, the job goes on waiting: " + trouble_);
}

} // namespace ysnp::job
