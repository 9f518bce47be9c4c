#include "runner/git/job_environment.h"

namespace ysnp::git {

std::vector<std::pair<std::string, std::string>> job_git_environment(const net::Url& origin, unsigned first)
{
    // git runs the helper with `get`, `store` or `erase`; the token is looked up when git asks, never before.
    static constexpr const char* helper =
        R"(!f() { test "$1" = get && printf 'username=gitlab-ci-token\npassword=%s\n' "$CI_JOB_TOKEN"; }; f)";
    const std::string section = "credential." + origin.origin.to_string();
    return {
        {"GIT_CONFIG_COUNT", std::to_string(first + 2)},
        {"GIT_CONFIG_KEY_" + std::to_string(first), section + ".helper"},
        {"GIT_CONFIG_VALUE_" + std::to_string(first), ""}, // forgets helpers that the image configured for all hosts
        {"GIT_CONFIG_KEY_" + std::to_string(first + 1), section + ".helper"},
        {"GIT_CONFIG_VALUE_" + std::to_string(first + 1), helper},
    };
}

} // namespace ysnp::git
