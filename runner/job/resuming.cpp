#include "checks/approval_request.h"
#include "net/failure.h"
#include "runner/job/handling.h"
#include "runner/policy/gate.h"
#include <algorithm>

/// A job that an earlier run of the program left waiting for people.
namespace ysnp::job {
namespace {

using boost::asio::awaitable;
using checks::Decision;
using namespace std::chrono_literals;

} // namespace

awaitable<void> Handling::resume(const state::OpenJob& left, state::JobSecrets secrets)
{
    row_ = left.row;
    secrets_file_ = left.job.secrets_file;
    secrets_name_ = secrets_file_.filename().string();
    frame_key_ = std::move(secrets.frame_key);
    const auto passed = std::chrono::system_clock::now() - left.accepted_at;
    accepted_ = std::chrono::steady_clock::now() - std::max<std::chrono::nanoseconds>(passed, 0ns);
    asked_ = secrets.waiting->asked;
    const std::string wrong = checks::read_request(secrets.waiting->request.reveal(), request_.emplace());
    request_->id = *left.waits_for();
    trace_->restore(secrets.waiting->log.reveal());
    uploader_.resume_at(trace_->size());
    if (!wrong.empty()) throw std::system_error(make_error_code(Error::invalid_value), "the kept request: " + wrong);
    co_await to_the_end(live_on());
}

awaitable<void> Handling::live_on()
{
    const bool ours = co_await acknowledge();
    if (!ours) co_return co_await withdraw();
    tasks_.spawn(uploader_.run());
    std::exception_ptr error;
    Outcome outcome;
    try {
        outcome = co_await go_on_waiting();
    } catch (...) {
        error = std::current_exception();
    }
    if (left_) co_return;
    if (error) outcome = outcome_of(error);
    co_await report(std::move(outcome));
}

awaitable<Outcome> Handling::go_on_waiting()
{
    say("The runner was restarted; the job goes on waiting");
    seat_.emplace(plant_.waiting.come_back(stop_, payload_.reveal().size()));
    if (asked_) co_return co_await await_answer({});
    std::optional<Decision> decision = co_await unless_stopped(judge_anew());
    seat_.reset();
    if (!decision) co_return co_await stop_waiting();
    if (decision->verdict != checks::Verdict::ask) {
        if (decision->allowed()) co_await withdraw(); // it may have been written at the last moment
        co_return co_await act_on(std::move(*decision));
    }
    co_await put_on_record(*decision);
    co_return co_await heed(std::move(*decision));
}

/// For a job that was never asked about. Where it passes by itself now, it is judged once more when it has a place.
awaitable<Decision> Handling::judge_anew()
{
    const policy::Surroundings around = station_->surroundings();
    Decision decision = co_await policy::judge(*station_->store, job_, around, in(60s));
    if (!decision.allowed()) co_return decision;
    co_await take_place(deadline());
    decision = co_await policy::judge(*station_->store, job_, around, in(60s));
    if (decision.verdict == checks::Verdict::ask) give_place_back();
    co_return decision;
}

} // namespace ysnp::job
