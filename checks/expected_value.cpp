#include "checks/ref.h"
#include "checks/utf8.h"
#include "checks/variables.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

using Text = std::optional<std::string>;

std::string_view scheme_of(std::string_view url) { return url.substr(0, std::min(url.find("://"), url.size())); }

/// `host[:port]` of a URL.
std::string_view authority_of(std::string_view url)
{
    const auto at = url.find("://");
    if (at == std::string_view::npos) return {};
    url.remove_prefix(at + 3);
    return url.substr(0, std::min(url.find('/'), url.size()));
}

std::size_t colon_of(std::string_view authority)
{
    const auto colon = authority.rfind(':');
    const auto bracket = authority.rfind(']');
    const bool in_address = colon != std::string_view::npos && bracket != std::string_view::npos && colon < bracket;
    return in_address ? std::string_view::npos : colon;
}

Text server_value(std::string_view name, const JobFacts& facts)
{
    if (facts.server_url.empty()) return std::nullopt;
    const auto authority = authority_of(facts.server_url);
    const auto colon = colon_of(authority);
    if (name == "CI_SERVER_URL") return facts.server_url;
    if (name == "CI_SERVER_PROTOCOL") return std::string(scheme_of(facts.server_url));
    if (name == "CI_SERVER_HOST") return std::string(authority.substr(0, colon));
    if (name == "CI_SERVER_FQDN") return std::string(authority);
    if (name != "CI_SERVER_PORT") return std::nullopt;
    if (colon != std::string_view::npos) return std::string(authority.substr(colon + 1));
    return scheme_of(facts.server_url) == "https" ? "443" : "80";
}

Text project_value(std::string_view name, const JobFacts& facts)
{
    const std::string& path = facts.project_path;
    if (name == "CI_PROJECT_PATH") return path;
    if (name == "CI_PROJECT_NAMESPACE") return facts.project_namespace;
    if (name == "CI_PROJECT_ROOT_NAMESPACE") return path.substr(0, path.find('/'));
    if (name == "CI_PROJECT_NAME") return path.substr(path.rfind('/') + 1);
    if (name == "CI_PROJECT_PATH_SLUG") return slug(path);
    if (name == "CI_PROJECT_URL") return facts.server_url + "/" + path;
    if (name == "CI_PROJECT_ID") return std::to_string(facts.project_id);
    return std::nullopt;
}

Text job_value(std::string_view name, const JobFacts& facts)
{
    const std::string project = facts.server_url + "/" + facts.project_path;
    if (name == "CI_JOB_ID" || name == "CI_BUILD_ID") return std::to_string(facts.job_id);
    if (name == "CI_JOB_NAME" || name == "CI_BUILD_NAME") return facts.job_name;
    if (name == "CI_JOB_NAME_SLUG") return slug(facts.job_name);
    if (name == "CI_JOB_STAGE" || name == "CI_BUILD_STAGE") return facts.stage;
    if (name == "CI_JOB_URL") return project + "/-/jobs/" + std::to_string(facts.job_id);
    if (facts.pipeline_id == 0) return std::nullopt;
    if (name == "CI_PIPELINE_ID") return std::to_string(facts.pipeline_id);
    if (name == "CI_PIPELINE_URL") return project + "/-/pipelines/" + std::to_string(facts.pipeline_id);
    return std::nullopt;
}

Text commit_value(std::string_view name, const JobFacts& facts)
{
    if (name == "CI_COMMIT_SHA" || name == "CI_BUILD_REF") return facts.sha;
    if (name == "CI_COMMIT_SHORT_SHA") return facts.sha.substr(0, 8);
    if (name == "CI_COMMIT_REF_PROTECTED" && facts.ref_protected) return *facts.ref_protected ? "true" : "false";
    if (is_sent_in_full(facts.ref)) return std::nullopt; // a merge request's: the variables name its source branch
    if (name == "CI_COMMIT_REF_NAME" || name == "CI_BUILD_REF_NAME") return facts.ref;
    if (name == "CI_COMMIT_REF_SLUG" || name == "CI_BUILD_REF_SLUG") return slug(facts.ref);
    // a variable that says "branch" on a tag is a contradiction, shown as the empty text it should be
    if (name == "CI_COMMIT_BRANCH") return facts.ref_type == "tag" ? "" : facts.ref;
    if (name == "CI_COMMIT_TAG" || name == "CI_BUILD_TAG") return facts.ref_type == "tag" ? facts.ref : "";
    return std::nullopt;
}

} // namespace

std::string slug(std::string_view text)
{
    std::string result;
    for (std::size_t characters = 0; characters < 63 && !text.empty(); ++characters) {
        const auto width = std::max(1u, next_code_point(text).width);
        const char c = text.front();
        const bool upper = c >= 'A' && c <= 'Z';
        const bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        result += upper ? static_cast<char>(c - 'A' + 'a') : kept ? c : '-';
        text.remove_prefix(width);
    }
    const auto first = result.find_first_not_of('-');
    if (first == std::string::npos) return {};
    return result.substr(first, result.find_last_not_of('-') - first + 1);
}

std::optional<std::string> expected_value(std::string_view name, const JobFacts& facts)
{
    if (auto value = server_value(name, facts)) return value;
    if (auto value = project_value(name, facts)) return value;
    if (auto value = job_value(name, facts)) return value;
    return commit_value(name, facts);
}

} // namespace ysnp::checks
