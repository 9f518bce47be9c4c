#include "runner/job/execute.h"
#include "net/failure.h"
#include "runner/job/get_sources.h"
#include "runner/job/user_stages.h"
#include <boost/asio/experimental/awaitable_operators.hpp>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using gitlab::FailureReason;
using namespace std::chrono_literals;

asio::awaitable<Outcome> stages(Run& run)
{
    std::unique_ptr<Workplace> place;
    co_await prepare_with_sources(run, place);
    Outcome outcome = co_await run_user_stages(run, *place);
    const Section section(run.trace, "cleanup_file_variables",
                          "Cleaning up project directory and file based variables");
    co_return outcome;
}

/// An outcome in every case: a branch of `||` that threw would leave the other one waiting.
asio::awaitable<Outcome> guarded(Run& run)
{
    std::exception_ptr error;
    try {
        co_return co_await stages(run);
    } catch (...) {
        error = std::current_exception();
    }
    co_return outcome_of(error);
}

std::string go_duration(std::chrono::seconds time)
{
    const auto hours = time / 1h, minutes = time % 1h / 1min, seconds = (time % 1min).count();
    std::string text;
    if (hours > 0) text += std::to_string(hours) + "h";
    if (hours > 0 || minutes > 0) text += std::to_string(minutes) + "m";
    return text + std::to_string(seconds) + "s";
}

Outcome ended(const Run& run, Why why)
{
    switch (why) {
    case Why::timed_out:
        return {.reason = FailureReason::job_execution_timeout,
                .text = "execution took longer than " + go_duration(run.timeout) + " seconds"};
    case Why::canceled:
        return {.reason = FailureReason::job_canceled, .text = "canceled"};
    case Why::interrupted:
        return {.reason = FailureReason::runner_interrupted, .text = "aborted: " + run.stop.detail()};
    case Why::lost:
        return {.reason = FailureReason::job_canceled, .text = run.stop.detail(), .reported = false};
    case Why::none:
        break;
    }
    return {.reason = FailureReason::runner_system_failure, .text = "the job ended without a reason"};
}

} // namespace

asio::awaitable<Outcome> execute(Run& run)
{
    auto first = co_await (guarded(run) || run.stop.wait(run.deadline));
    if (first.index() == 0) {
        const Outcome& outcome = std::get<0>(first);
        // What was stopped in the middle ends with an error of its own that explains nothing.
        if (run.stop.why() != Why::none) co_return ended(run, run.stop.why());
        co_return outcome;
    }
    const bool asked = std::get<1>(first);
    co_return ended(run, asked ? run.stop.why() : Why::timed_out);
}

} // namespace ysnp::job
