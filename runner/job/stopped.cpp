#include "runner/job/stopped.h"

namespace ysnp::job {
namespace {

using gitlab::FailureReason;
using namespace std::chrono_literals;

std::string go_duration(std::chrono::seconds time)
{
    const auto hours = time / 1h, minutes = time % 1h / 1min, seconds = (time % 1min).count();
    std::string text;
    if (hours > 0) text += std::to_string(hours) + "h";
    if (hours > 0 || minutes > 0) text += std::to_string(minutes) + "m";
    return text + std::to_string(seconds) + "s";
}

} // namespace

Outcome stopped(Why why, const std::string& detail, std::chrono::seconds timeout)
{
    switch (why) {
    case Why::timed_out:
        return {.reason = FailureReason::job_execution_timeout,
                .text = "execution took longer than " + go_duration(timeout) + " seconds"};
    case Why::canceled:
        return {.reason = FailureReason::job_canceled, .text = "canceled"};
    case Why::interrupted:
    case Why::suspended:
        return {.reason = FailureReason::runner_interrupted, .text = "aborted: " + detail};
    case Why::meddled:
    case Why::withdrawn:
        return {.reason = FailureReason::runner_system_failure, .text = detail};
    case Why::lost:
        return {.reason = FailureReason::job_canceled, .text = detail, .reported = false};
    case Why::none:
        break;
    }
    return {.reason = FailureReason::runner_system_failure, .text = "the job ended without a reason"};
}

} // namespace ysnp::job
