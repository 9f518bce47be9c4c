#include "runner/job/journaled_end.h"
#include "gitlab-api/failure_reason.h"
#include <charconv>
#include <optional>

namespace ysnp::job {
namespace {

using gitlab::JobState;
using gitlab::JobUpdate;

constexpr std::string_view success = "success";

JobUpdate failed(std::string_view reason, int exit_code = 0)
{
    JobUpdate update;
    update.state = JobState::failed;
    update.failure_reason = std::string(reason);
    update.exit_code = exit_code;
    return update;
}

std::optional<JobUpdate> read(std::string_view text)
{
    if (text == success) {
        JobUpdate update;
        update.state = JobState::success;
        return update;
    }
    const auto blank = text.find(' ');
    const std::string_view reason = text.substr(0, blank);
    if (!gitlab::failure_reason_of(reason)) return std::nullopt;
    if (blank == std::string_view::npos) return failed(reason);
    const std::string_view number = text.substr(blank + 1);
    int exit_code = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), exit_code);
    if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
    return failed(reason, exit_code);
}

std::optional<JobUpdate> written_end(const state::OpenJob& dead)
{
    const std::optional<std::string> text = dead.last(state::Step::result);
    return text ? read(*text) : std::nullopt;
}

} // namespace

std::string journaled_end(const JobUpdate& end)
{
    if (end.state == JobState::success) return std::string(success);
    const std::string reason = end.failure_reason.value_or("unknown_failure");
    return end.exit_code == 0 ? reason : reason + " " + std::to_string(end.exit_code);
}

JobUpdate end_of(const state::OpenJob& dead) { return written_end(dead).value_or(failed("runner_system_failure")); }

bool ended(const state::OpenJob& dead) { return written_end(dead).has_value(); }

} // namespace ysnp::job
