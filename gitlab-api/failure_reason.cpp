#include "gitlab-api/failure_reason.h"
#include <algorithm>
#include <array>

namespace ysnp::gitlab {
namespace {

struct Row {
    FailureReason reason;
    std::string_view text;
    std::string_view fallback; // what an older GitLab is told
};
constexpr std::array<Row, 9> rows{{
    {FailureReason::script_failure, "script_failure", "script_failure"},
    {FailureReason::runner_system_failure, "runner_system_failure", "runner_system_failure"},
    {FailureReason::job_execution_timeout, "job_execution_timeout", "job_execution_timeout"},
    {FailureReason::image_pull_failure, "image_pull_failure", "runner_system_failure"},
    {FailureReason::runner_configuration_error, "runner_configuration_error", "script_failure"},
    {FailureReason::runner_external_dependency_failure, "runner_external_dependency_failure", "runner_system_failure"},
    {FailureReason::runner_interrupted, "runner_interrupted", "unknown_failure"},
    {FailureReason::unknown_failure, "unknown_failure", "unknown_failure"},
    {FailureReason::job_canceled, "job_canceled", "unknown_failure"},
}};

const Row& row_of(FailureReason reason) noexcept
{
    const auto* found = std::ranges::find(rows, reason, &Row::reason);
    return found == rows.end() ? rows[7] : *found;
}

} // namespace

std::string_view to_string(FailureReason reason) noexcept { return row_of(reason).text; }

std::optional<FailureReason> failure_reason_of(std::string_view text) noexcept
{
    const auto* found = std::ranges::find(rows, text, &Row::text);
    if (found == rows.end()) return std::nullopt;
    return found->reason;
}

std::string_view reason_for(FailureReason reason, const std::vector<std::string>& supported) noexcept
{
    const auto& row = row_of(reason);
    if (reason == FailureReason::job_canceled) return row.fallback;
    return std::ranges::find(supported, row.text) != supported.end() ? row.text : row.fallback;
}

} // namespace ysnp::gitlab
