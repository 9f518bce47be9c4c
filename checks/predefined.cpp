#include "checks/predefined.h"
#include <algorithm>
#include <array>

namespace ysnp::checks {
namespace {

using enum VariableClass;
using G = Grammar;

// https://docs.gitlab.com/ci/variables/predefined_variables/, sorted by name.
constexpr auto table = std::to_array<Predefined>({
    {"CI", steady, G::none},
    {"CI_API_GRAPHQL_URL", steady, G::none},
    {"CI_API_V4_URL", steady, G::none},
    {"CI_BUILD_BEFORE_SHA", varying, G::hex},
    {"CI_BUILD_ID", verified, G::digits},
    {"CI_BUILD_MANUAL", varying, G::boolean},
    {"CI_BUILD_NAME", verified, G::text},
    {"CI_BUILD_REF", verified, G::hex},
    {"CI_BUILD_REF_NAME", verified, G::ref},
    {"CI_BUILD_REF_SLUG", verified, G::word},
    {"CI_BUILD_REPO", verified, G::text},
    {"CI_BUILD_STAGE", verified, G::text},
    {"CI_BUILD_TAG", verified, G::ref},
    {"CI_BUILD_TOKEN", verified, G::text},
    {"CI_BUILD_TRIGGERED", varying, G::boolean},
    {"CI_BUILD_TRIGGERED_BY", varying, G::word},
    {"CI_COMMIT_AUTHOR", varying, G::text},
    {"CI_COMMIT_BEFORE_SHA", varying, G::hex},
    {"CI_COMMIT_BRANCH", verified, G::ref},
    {"CI_COMMIT_DESCRIPTION", varying, G::text},
    {"CI_COMMIT_MESSAGE", varying, G::text},
    {"CI_COMMIT_MESSAGE_IS_TRUNCATED", varying, G::text},
    {"CI_COMMIT_REF_NAME", verified, G::ref},
    {"CI_COMMIT_REF_PROTECTED", verified, G::boolean},
    {"CI_COMMIT_REF_SLUG", verified, G::word},
    {"CI_COMMIT_SHA", verified, G::hex},
    {"CI_COMMIT_SHORT_SHA", verified, G::hex},
    {"CI_COMMIT_TAG", verified, G::ref},
    {"CI_COMMIT_TAG_MESSAGE", varying, G::text},
    {"CI_COMMIT_TIMESTAMP", varying, G::timestamp},
    {"CI_COMMIT_TITLE", varying, G::text},
    {"CI_CONCURRENT_ID", varying, G::digits},
    {"CI_CONCURRENT_PROJECT_ID", varying, G::digits},
    {"CI_CONFIG_PATH", steady, G::none},
    {"CI_CONFIG_REF_URI", varying, G::text},
    {"CI_DEFAULT_BRANCH", steady, G::none},
    {"CI_DEFAULT_BRANCH_SLUG", steady, G::none},
    {"CI_DEPENDENCY_PROXY_DIRECT_GROUP_IMAGE_PREFIX", steady, G::none},
    {"CI_DEPENDENCY_PROXY_GROUP_IMAGE_PREFIX", steady, G::none},
    {"CI_DEPENDENCY_PROXY_PASSWORD", varying, G::secret_token},
    {"CI_DEPENDENCY_PROXY_SERVER", steady, G::none},
    {"CI_DEPENDENCY_PROXY_USER", steady, G::none},
    {"CI_DEPLOYMENT_ID", varying, G::digits},
    {"CI_DEPLOY_FREEZE", varying, G::text},
    {"CI_DEPLOY_PASSWORD", varying, G::text},
    {"CI_DEPLOY_USER", varying, G::word},
    {"CI_ENVIRONMENT_ACTION", steady, G::none},
    {"CI_ENVIRONMENT_ID", steady, G::none},
    {"CI_ENVIRONMENT_NAME", steady, G::none},
    {"CI_ENVIRONMENT_SLUG", steady, G::none},
    {"CI_ENVIRONMENT_TIER", steady, G::none},
    {"CI_ENVIRONMENT_URL", steady, G::none},
    {"CI_EXTERNAL_PULL_REQUEST_IID", varying, G::digits},
    {"CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME", varying, G::ref},
    {"CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA", varying, G::hex},
    {"CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY", varying, G::ref},
    {"CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", varying, G::ref},
    {"CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA", varying, G::hex},
    {"CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY", varying, G::ref},
    {"CI_GITLAB_FIPS_MODE", steady, G::none},
    {"CI_HAS_OPEN_REQUIREMENTS", steady, G::none},
    {"CI_JOB_GROUP_NAME", steady, G::none},
    {"CI_JOB_ID", verified, G::digits},
    {"CI_JOB_MANUAL", varying, G::boolean},
    {"CI_JOB_NAME", verified, G::text},
    {"CI_JOB_NAME_SLUG", verified, G::text},
    {"CI_JOB_STAGE", verified, G::text},
    {"CI_JOB_STARTED_AT", varying, G::timestamp},
    {"CI_JOB_STARTED_BY", varying, G::word},
    {"CI_JOB_TIMEOUT", varying, G::digits},
    {"CI_JOB_TOKEN", verified, G::text},
    {"CI_JOB_URL", verified, G::url},
    {"CI_KUBERNETES_ACTIVE", steady, G::none},
    {"CI_MERGE_REQUEST_APPROVED", varying, G::boolean},
    {"CI_MERGE_REQUEST_ASSIGNEES", varying, G::text},
    {"CI_MERGE_REQUEST_DESCRIPTION", varying, G::text},
    {"CI_MERGE_REQUEST_DESCRIPTION_IS_TRUNCATED", varying, G::text},
    {"CI_MERGE_REQUEST_DIFF_BASE_SHA", varying, G::hex},
    {"CI_MERGE_REQUEST_DIFF_ID", varying, G::digits},
    {"CI_MERGE_REQUEST_DRAFT", varying, G::boolean},
    {"CI_MERGE_REQUEST_EVENT_TYPE", varying, G::word},
    {"CI_MERGE_REQUEST_ID", varying, G::digits},
    {"CI_MERGE_REQUEST_IID", varying, G::digits},
    {"CI_MERGE_REQUEST_LABELS", varying, G::text},
    {"CI_MERGE_REQUEST_MILESTONE", varying, G::text},
    {"CI_MERGE_REQUEST_PROJECT_ID", varying, G::digits},
    {"CI_MERGE_REQUEST_PROJECT_PATH", varying, G::ref},
    {"CI_MERGE_REQUEST_PROJECT_URL", varying, G::url},
    {"CI_MERGE_REQUEST_REF_PATH", varying, G::ref},
    {"CI_MERGE_REQUEST_REF_TYPE", varying, G::word},
    {"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", varying, G::ref},
    {"CI_MERGE_REQUEST_SOURCE_BRANCH_PROTECTED", varying, G::boolean},
    {"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", varying, G::hex},
    {"CI_MERGE_REQUEST_SOURCE_PROJECT_ID", varying, G::digits},
    {"CI_MERGE_REQUEST_SOURCE_PROJECT_PATH", varying, G::ref},
    {"CI_MERGE_REQUEST_SOURCE_PROJECT_URL", varying, G::url},
    {"CI_MERGE_REQUEST_SQUASH_ON_MERGE", varying, G::boolean},
    {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME", varying, G::ref},
    {"CI_MERGE_REQUEST_TARGET_BRANCH_PROTECTED", varying, G::boolean},
    {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA", varying, G::hex},
    {"CI_MERGE_REQUEST_TITLE", varying, G::text},
    {"CI_NODE_INDEX", steady, G::none},
    {"CI_NODE_TOTAL", steady, G::none},
    {"CI_OPEN_MERGE_REQUESTS", varying, G::text},
    {"CI_PAGES_DOMAIN", steady, G::none},
    {"CI_PAGES_HOSTNAME", steady, G::none},
    {"CI_PAGES_URL", steady, G::none},
    {"CI_PIPELINE_CREATED_AT", varying, G::timestamp},
    {"CI_PIPELINE_ID", verified, G::digits},
    {"CI_PIPELINE_IID", varying, G::digits},
    {"CI_PIPELINE_NAME", varying, G::text},
    {"CI_PIPELINE_SCHEDULE_DESCRIPTION", varying, G::text},
    {"CI_PIPELINE_SOURCE", varying, G::word},
    {"CI_PIPELINE_TRIGGERED", varying, G::boolean},
    {"CI_PIPELINE_URL", verified, G::url},
    {"CI_PROJECT_CLASSIFICATION_LABEL", steady, G::none},
    {"CI_PROJECT_DESCRIPTION", varying, G::text},
    {"CI_PROJECT_ID", verified, G::digits},
    {"CI_PROJECT_NAME", verified, G::text},
    {"CI_PROJECT_NAMESPACE", verified, G::text},
    {"CI_PROJECT_NAMESPACE_ID", varying, G::digits},
    {"CI_PROJECT_NAMESPACE_SLUG", steady, G::none},
    {"CI_PROJECT_PATH", verified, G::text},
    {"CI_PROJECT_PATH_SLUG", verified, G::text},
    {"CI_PROJECT_REPOSITORY_LANGUAGES", varying, G::text},
    {"CI_PROJECT_ROOT_NAMESPACE", verified, G::text},
    {"CI_PROJECT_TITLE", varying, G::text},
    {"CI_PROJECT_TOPICS", varying, G::text},
    {"CI_PROJECT_URL", verified, G::text},
    {"CI_PROJECT_VISIBILITY", steady, G::none},
    {"CI_REGISTRY", steady, G::none},
    {"CI_REGISTRY_IMAGE", steady, G::none},
    {"CI_REGISTRY_PASSWORD", varying, G::secret_token},
    {"CI_REGISTRY_USER", steady, G::none},
    {"CI_RELEASE_DESCRIPTION", steady, G::none},
    {"CI_REPOSITORY_URL", verified, G::text},
    {"CI_RUNNER_DESCRIPTION", varying, G::text},
    {"CI_RUNNER_ID", varying, G::digits},
    {"CI_RUNNER_TAGS", varying, G::text},
    {"CI_SERVER", steady, G::none},
    {"CI_SERVER_FQDN", verified, G::text},
    {"CI_SERVER_HOST", verified, G::text},
    {"CI_SERVER_NAME", steady, G::none},
    {"CI_SERVER_PORT", verified, G::digits},
    {"CI_SERVER_PROTOCOL", verified, G::text},
    {"CI_SERVER_REVISION", varying, G::hex},
    {"CI_SERVER_SHELL_SSH_HOST", steady, G::none},
    {"CI_SERVER_SHELL_SSH_PORT", steady, G::none},
    {"CI_SERVER_URL", verified, G::text},
    {"CI_SERVER_VERSION", varying, G::word},
    {"CI_SERVER_VERSION_MAJOR", varying, G::digits},
    {"CI_SERVER_VERSION_MINOR", varying, G::digits},
    {"CI_SERVER_VERSION_PATCH", varying, G::digits},
    {"CI_TEMPLATE_REGISTRY_HOST", steady, G::none},
    {"CI_TRIGGER_SHORT_TOKEN", varying, G::word},
    {"CI_UPSTREAM_JOB_ID", varying, G::digits},
    {"CI_UPSTREAM_PIPELINE_ID", varying, G::digits},
    {"CI_UPSTREAM_PROJECT_ID", varying, G::digits},
    {"GITLAB_CI", steady, G::none},
    {"GITLAB_FEATURES", varying, G::text},
    {"GITLAB_USER_EMAIL", varying, G::text},
    {"GITLAB_USER_ID", varying, G::digits},
    {"GITLAB_USER_LOGIN", varying, G::word},
    {"GITLAB_USER_NAME", varying, G::text},
});

bool all(std::string_view value, bool (*good)(char)) { return std::all_of(value.begin(), value.end(), good); }
bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex(char c) { return digit(c) || (c >= 'a' && c <= 'f'); }
bool word(char c)
{
    return digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || c == '+' || c == '-';
}
bool graphic(char c) { return c > ' ' && c < 0x7f; }
bool in_ref(char c)
{
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f &&
           std::string_view("~^:?*[\\").find(c) == std::string_view::npos;
}
bool in_timestamp(char c) { return digit(c) || std::string_view("-+:.TZ").find(c) != std::string_view::npos; }

} // namespace

std::span<const Predefined> predefined() noexcept { return table; }

const Predefined* find_predefined(std::string_view name) noexcept
{
    static_assert(std::is_sorted(table.begin(), table.end(), [](auto& a, auto& b) { return a.name < b.name; }));
    const auto at =
        std::lower_bound(table.begin(), table.end(), name, [](auto& entry, auto key) { return entry.name < key; });
    return at != table.end() && at->name == name ? &*at : nullptr;
}

bool fits(Grammar grammar, std::string_view value) noexcept
{
    constexpr std::size_t longest = 1u << 20;
    if (value.size() > longest) return false;
    switch (grammar) {
    case G::none:
    case G::secret_token:
        return false;
    case G::digits:
        return all(value, digit) && value.size() <= 20;
    case G::hex:
        return all(value, hex) && value.size() <= 64;
    case G::word:
        return all(value, word) && value.size() <= 255;
    case G::ref:
        return all(value, in_ref) && value.size() <= 1024;
    case G::url:
        return (value.starts_with("http://") || value.starts_with("https://")) && all(value, graphic) &&
               value.size() <= 4096;
    case G::timestamp:
        return all(value, in_timestamp) && value.size() <= 40;
    case G::boolean:
        return value == "true" || value == "false" || value.empty();
    case G::text:
        return value.find('\0') == std::string_view::npos;
    }
    return false;
}

} // namespace ysnp::checks
