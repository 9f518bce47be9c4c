#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace ysnp::docker {

/// When an image is fetched from its registry (GitLab: "Configure how runners pull images").
enum class PullPolicy { always, if_not_present, never };

std::string_view to_string(PullPolicy policy) noexcept;
/// "always", "if-not-present", "never"; nothing for any other text.
std::optional<PullPolicy> parse_pull_policy(std::string_view text) noexcept;
/// "[always if-not-present]", as the job's log shows a list.
std::string to_string(const std::vector<PullPolicy>& policies);

/// What one job may do, in the order to try: its own wish, else the configured list, else `always`; of these what the
/// allowed list (else the configured one, else `always`) contains. Duplicates stay: each is one more attempt.
/// Throws EngineError (FailureReason::configuration) naming the source of the wish when nothing is left.
std::vector<PullPolicy> effective_policies(const std::vector<PullPolicy>& job,
                                           const std::vector<PullPolicy>& configured,
                                           const std::vector<PullPolicy>& allowed);

} // namespace ysnp::docker
