#include "checks/approval_request.h"
#include "checks/report.h"
#include "net/cancellation.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/job/ask_pause.h"
#include "runner/job/handling.h"
#include "runner/job/request_record.h"
#include "runner/job/stopped.h"
#include "runner/policy/gate.h"
#include "runner/policy/request.h"
#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <utility>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using asio::awaitable;
using checks::ApprovalRequest;
using checks::Decision;
using state::Step;
using namespace asio::experimental::awaitable_operators;
using namespace std::chrono_literals;

/// What a job keeps of its time for running.
std::chrono::seconds reserve_of(std::chrono::seconds timeout)
{
    return std::min<std::chrono::seconds>(timeout / 2, 10min);
}

struct Answer {
    std::optional<Decision> decision;
    std::exception_ptr error;
};

/// An answer in every case: a branch of `||` that threw would leave the other one waiting.
awaitable<Answer> guarded(awaitable<Decision> petition)
{
    Answer answer;
    try {
        Decision decision = co_await std::move(petition);
        answer.decision = std::move(decision);
    } catch (...) {
        answer.error = std::current_exception();
    }
    co_return answer;
}

Decision crowded(Decision decision, int most, std::size_t waiting)
{
    const bool seats = std::cmp_less(waiting, most);
    decision.verdict = checks::Verdict::refuse;
    decision.reasons.push_back({checks::Finding::refused, "USR-NEEDED", "approval",
                                "at most " + std::to_string(most) +
                                    " jobs of this host that wait for approval, with payloads of " +
                                    std::to_string(WaitingRoom::most_bytes >> 20) + " MiB in all",
                                "no room for one more",
                                seats ? "retry the job when those before it have their answers"
                                      : "retry the job later, or raise gate.approval.max_waiting on the runner's host",
                                "", ""});
    return decision;
}

} // namespace

/// The wall clock bounds the wait as people see it, the steady one as the runner counts it.
Deadline Handling::end_of_wait() const
{
    const auto now = std::chrono::system_clock::now();
    const auto left = request_ ? request_->expires - now : std::chrono::system_clock::duration::max();
    const auto wait = std::min<std::chrono::steady_clock::duration>(station_->runner.gate.approval.wait, left);
    return std::min(in(wait), deadline() - reserve_of(job_.runner_info.timeout));
}

std::string Handling::subject() const
{
    return request_->gitlab + "\n" + request_->project + "\n" + request_->job + "\n" + request_->digest;
}

awaitable<Outcome> Handling::ask_people(Decision decision)
{
    const int most = station_->runner.gate.approval.max_waiting;
    std::optional<WaitingRoom::Seat> seat = plant_.waiting.enter(stop_, payload_.reveal().size(), most);
    if (!seat) co_return co_await act_on(crowded(std::move(decision), most, plant_.waiting.size()));
    seat_.emplace(std::move(*seat));
    if (!request_) {
        const auto wait = std::chrono::duration_cast<std::chrono::seconds>(end_of_wait() - in(0s));
        const policy::Asker asker{.gitlab = station_->api.origin().to_string(), .runner = station_->runner.name};
        request_ = policy::request_for(decision, job_, asker, std::max(wait, 0s));
    }
    keep_secrets();
    co_await record({{Step::asked, request_->id}}, state::Journal::Durability::later);
    co_return co_await await_answer(std::move(decision));
}

/// The decision that `work` comes to; nothing where the job is to stop meanwhile.
awaitable<std::optional<Decision>> Handling::unless_stopped(awaitable<Decision> work)
{
    auto first = co_await (guarded(std::move(work)) || stop_.wait(never()));
    if (first.index() == 1 || stop_.why() != Why::none) co_return std::nullopt;
    Answer& answer = std::get<0>(first);
    if (answer.error) std::rethrow_exception(answer.error);
    co_return std::move(answer.decision);
}

awaitable<Outcome> Handling::await_answer(Decision decision)
{
    std::optional<Decision> answer;
    std::exception_ptr error;
    try {
        answer = co_await unless_stopped(petition(std::move(decision)));
    } catch (...) {
        error = std::current_exception();
    }
    if (error && !is_cancellation(error)) co_await withdraw();
    if (error) seat_.reset();
    if (error) std::rethrow_exception(error);
    if (!answer) co_return co_await stop_waiting();
    co_return co_await act_on(std::move(*answer));
}

/// From the request to a decision that settles it.
awaitable<Decision> Handling::petition(Decision decision)
{
    policy::Approvals& approvals = *station_->store->approvals();
    Petition petition(*this, approvals, *request_, end_of_wait());
    if (asked_) {
        seat_->goes_on_with(subject());
    } else {
        std::optional<Decision> refused = co_await petition.ask(std::move(decision));
        if (refused) co_return std::move(*refused);
    }
    co_return co_await petition.answer();
}

awaitable<Outcome> Handling::stop_waiting()
{
    if (stop_.why() == Why::suspended) {
        left_ = true;
        say("The runner restarts; the job goes on waiting when it is back");
        say(conf::LogLevel::info, "The job is left waiting for the next start", "waiting");
        co_return Outcome{.text = stop_.detail(), .reported = false};
    }
    co_await withdraw();
    seat_.reset();
    co_return stopped(stop_.why(), stop_.detail(), job_.runner_info.timeout);
}

/// The answer is final: nothing of the wait is kept any longer. A job that starts is not one of those any more that a
/// leaving runner suspends; the next one with the same content has its turn when the answer is written down.
awaitable<Outcome> Handling::act_on(Decision decision)
{
    if (decision.allowed() && seat_) seat_->waits_no_more();
    if (!decision.allowed()) co_await withdraw();
    co_await record_answers(decision);
    seat_.reset();
    co_await put_on_record(decision);
    co_await announce(decision);
    if (decision.allowed() && request_) co_await keep_or_withdraw(decision);
    const std::string id = request_ ? request_->id : std::string();
    request_.reset();
    payload_ = Secret();
    keep_secrets();
    if (decision.allowed()) co_await note("start", start_record(id, decision));
    co_return co_await obey(decision);
}

/// Whether a request that was granted stays, for people to look it up: not where nobody answered it.
bool Handling::is_kept(const Decision& decision) const
{
    const auto answers_it = [&](const checks::ApprovalRecord& record) { return record.nonce == request_->nonce; };
    return std::ranges::any_of(decision.approved_by, answers_it) && station_->store->approvals()->stays(*request_);
}

awaitable<void> Handling::record_answers(const Decision& decision)
{
    if (!request_) co_return;
    if (!decision.approved_by.empty() && decision.allowed()) co_await plant_.records.approved(subject());
    if (decision.denied_by) co_await plant_.records.denied(request_->nonce);
    for (const checks::ApprovalRecord& record : decision.approved_by)
        co_await note("approval", answer_record(*request_, record, decision.policy_revision));
    if (decision.denied_by)
        co_await note("denial", answer_record(*request_, *decision.denied_by, decision.policy_revision));
}

/// A request that was granted stays, with a note that it was.
awaitable<void> Handling::keep_or_withdraw(const Decision& decision)
{
    if (!is_kept(decision)) co_return co_await withdraw();
    std::string trouble;
    try {
        co_await station_->store->approvals()->granted(*request_, decision, in(10s));
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        trouble = error.what();
    }
    if (!trouble.empty())
        say(conf::LogLevel::warning,
            "Later requests of this job are not compared with request " + request_->id + ": " + trouble, "waiting");
}

/// A request that nobody waits for any more is taken away from people's eyes; where that fails it runs out by itself.
awaitable<void> Handling::withdraw()
{
    policy::Approvals* const approvals = station_->store->approvals();
    if (!request_ || approvals == nullptr) co_return;
    std::string trouble;
    try {
        co_await approvals->withdraw(*request_, in(10s));
    } catch (const std::system_error& error) {
        if (is_cancellation(error)) throw;
        trouble = error.what();
    }
    if (!trouble.empty())
        say(conf::LogLevel::warning, "Request " + request_->id + " could not be withdrawn: " + trouble, "waiting");
}

awaitable<Decision> Handling::judge(checks::ApprovalRequest request)
{
    const policy::Surroundings around = station_->surroundings();
    Decision decision = co_await policy::judge(*station_->store, job_, around, std::move(request), in(60s));
    co_return decision;
}

awaitable<bool> Handling::turn(Deadline until)
{
    const bool mine = co_await seat_->ask_about(subject(), until);
    co_return mine;
}

awaitable<std::optional<checks::Reason>> Handling::announce(ApprovalRequest& request, const Decision& decision)
{
    const state::Asks before = co_await plant_.records.asks_before(subject(), request.nonce);
    std::optional<checks::Reason> pause = left_in_peace(before, std::chrono::system_clock::now());
    if (pause) co_return pause;
    request.denied = before.denied;
    request.unanswered = before.unanswered;
    request_ = request;
    keep_secrets();
    co_await plant_.records.ask(subject(), request.nonce);
    co_await note("request", request_record(request, decision.policy_revision));
    co_return std::nullopt;
}

awaitable<void> Handling::take_place(Deadline until)
{
    Slots::Place place = co_await plant_.slots.take_back(station_->runner.name, station_->runner.limit, until);
    place_.emplace(std::move(place));
}

awaitable<void> Handling::asked(checks::ApprovalRequest request)
{
    request_ = std::move(request);
    asked_ = true;
    keep_secrets();
    co_await record({{Step::asked, request_->id}}, state::Journal::Durability::later);
    say(conf::LogLevel::info, "The job waits for approval: request " + request_->id, "waiting");
}

/// The log is kept with the rest: it goes on where it was after a restart.
void Handling::say(std::string_view line)
{
    constexpr std::size_t longest_line = 1000;
    trace_->runner_line(trace::Style::info, checks::printable(line, longest_line));
    if (row_ != 0) keep_secrets();
}

} // namespace ysnp::job
