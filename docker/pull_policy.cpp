#include "docker/pull_policy.h"
#include "docker/engine_error.h"
#include <algorithm>
#include <string>

namespace ysnp::docker {

std::string_view to_string(PullPolicy policy) noexcept
{
    switch (policy) {
    case PullPolicy::always:
        return "always";
    case PullPolicy::if_not_present:
        return "if-not-present";
    case PullPolicy::never:
        break;
    }
    return "never";
}

std::optional<PullPolicy> parse_pull_policy(std::string_view text) noexcept
{
    for (const PullPolicy policy : {PullPolicy::always, PullPolicy::if_not_present, PullPolicy::never})
        if (text == to_string(policy)) return policy;
    return std::nullopt;
}

std::string to_string(const std::vector<PullPolicy>& policies)
{
    std::string text = "[";
    for (const PullPolicy policy : policies) {
        if (text.size() > 1) text += ' ';
        text += to_string(policy);
    }
    return text + "]";
}

std::vector<PullPolicy> effective_policies(const std::vector<PullPolicy>& job,
                                           const std::vector<PullPolicy>& configured,
                                           const std::vector<PullPolicy>& allowed)
{
    static const std::vector<PullPolicy> fallback{PullPolicy::always};
    const auto& base = configured.empty() ? fallback : configured;
    const auto& wished = job.empty() ? base : job;
    const auto& permitted = allowed.empty() ? base : allowed;

    std::vector<PullPolicy> result;
    std::copy_if(wished.begin(), wished.end(), std::back_inserter(result), [&](PullPolicy policy) {
        return std::find(permitted.begin(), permitted.end(), policy) != permitted.end();
    });
    if (!result.empty()) return result;
    const char* source = !job.empty() ? "the job's .gitlab-ci.yml" : "the runner's docker.pull_policy";
    throw configuration_error("pull_policy", "none of " + to_string(wished) + ", from " + source + ", is among " +
                                                 to_string(permitted) +
                                                 ", which this runner allows; use one of those, or have it added to "
                                                 "docker.allowed_pull_policies");
}

} // namespace ysnp::docker
