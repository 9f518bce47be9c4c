#include "runner/pipeline/predefined_variables.h"

namespace ysnp::pipeline {
namespace {

class List {
public:
    void add(std::string key, std::string value) { all.push_back({std::move(key), std::move(value)}); }
    void add_raw(std::string key, std::string value)
    {
        all.push_back({std::move(key), std::move(value), true, false, true});
    }
    void add_secret(std::string key, std::string value)
    {
        all.push_back({std::move(key), std::move(value), false, true});
    }
    void add_private(std::string key, std::string value) { all.push_back({std::move(key), std::move(value), false}); }
    void add_known(std::string key, const std::string& value)
    {
        if (!value.empty()) add(std::move(key), value);
    }

    std::vector<NamedValue> all;
};

std::string project_url(const Context& context) { return context.server_url + "/" + context.project_path; }

void add_job(List& list, const Context& context, std::string_view job, std::string_view stage,
             std::chrono::seconds timeout)
{
    list.add("CI_PIPELINE_ID", std::to_string(context.pipeline_id));
    list.add("CI_PIPELINE_URL", project_url(context) + "/-/pipelines/" + std::to_string(context.pipeline_id));
    list.add("CI_JOB_ID", std::to_string(context.job_id));
    list.add("CI_JOB_URL", project_url(context) + "/-/jobs/" + std::to_string(context.job_id));
    list.add_secret("CI_JOB_TOKEN", context.token);
    list.add_known("CI_JOB_STARTED_AT", context.started_at);
    list.add("CI_JOB_TIMEOUT", std::to_string(timeout.count()));
    list.add("CI_REGISTRY_USER", "gitlab-ci-token");
    list.add_secret("CI_REGISTRY_PASSWORD", context.token);
    list.add_private("CI_REPOSITORY_URL", repository_url(context));
    list.add("CI_JOB_NAME", std::string(job));
    list.add("CI_JOB_NAME_SLUG", slug(job));
    list.add("CI_JOB_STAGE", std::string(stage));
    list.add("CI_NODE_TOTAL", "1");
    list.add("CI", "true");
    list.add("GITLAB_CI", "true");
}

void add_server(List& list, const Context& context)
{
    const auto& url = context.server_url;
    const auto scheme = url.substr(0, url.find("://"));
    const auto begin = url.find("://") == std::string::npos ? 0 : url.find("://") + 3;
    const auto authority = url.substr(begin, url.find('/', begin) - begin);
    const auto colon = authority.find(']') == std::string::npos ? authority.rfind(':') : authority.find("]:");
    const bool has_port = colon != std::string::npos;
    const auto port_at = has_port && authority[colon] == ']' ? colon + 2 : colon + 1;
    list.add("CI_SERVER_FQDN", authority);
    list.add("CI_SERVER_URL", url);
    list.add("CI_SERVER_HOST", authority.substr(0, has_port ? port_at - 1 : colon));
    list.add("CI_SERVER_PORT", has_port ? authority.substr(port_at) : scheme == "https" ? "443" : "80");
    list.add("CI_SERVER_PROTOCOL", scheme);
    list.add("CI_SERVER_NAME", "GitLab");
    list.add("CI_API_V4_URL", url + "/api/v4");
    list.add("CI_API_GRAPHQL_URL", url + "/api/graphql");
}

void add_project(List& list, const Context& context)
{
    const auto& path = context.project_path;
    const auto slash = path.rfind('/');
    const auto name = path.substr(slash == std::string::npos ? 0 : slash + 1);
    list.add("CI_PROJECT_ID", std::to_string(context.project_id));
    list.add("CI_PROJECT_NAME", name);
    list.add("CI_PROJECT_TITLE", name);
    list.add("CI_PROJECT_PATH", path);
    list.add("CI_PROJECT_PATH_SLUG", slug(path));
    list.add("CI_PROJECT_NAMESPACE", slash == std::string::npos ? "" : path.substr(0, slash));
    list.add("CI_PROJECT_ROOT_NAMESPACE", path.substr(0, path.find('/')));
    list.add("CI_PROJECT_URL", project_url(context));
    list.add("CI_DEFAULT_BRANCH", context.default_branch);
    list.add("CI_PIPELINE_IID", "1");
    list.add("CI_PIPELINE_SOURCE", "push");
}

void add_commit(List& list, const Context& context)
{
    list.add("CI_COMMIT_SHA", context.sha);
    list.add("CI_COMMIT_SHORT_SHA", context.sha.substr(0, 8));
    list.add("CI_COMMIT_BEFORE_SHA", context.before_sha);
    list.add("CI_COMMIT_REF_NAME", context.ref);
    list.add("CI_COMMIT_REF_SLUG", slug(context.ref));
    list.add(context.ref_kind == RefKind::tag ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH", context.ref);
    list.add_raw("CI_COMMIT_MESSAGE", context.commit_message);
    list.add_raw("CI_COMMIT_TITLE", context.commit_message.substr(0, context.commit_message.find('\n')));
    list.add("CI_COMMIT_REF_PROTECTED", "false");
    list.add_known("CI_COMMIT_TIMESTAMP", context.commit_timestamp);
    list.add_known("CI_COMMIT_AUTHOR", context.commit_author);
}

void add_user(List& list, const Context& context)
{
    list.add("GITLAB_USER_ID", "1");
    list.add_known("GITLAB_USER_LOGIN", context.user_login);
    list.add_known("GITLAB_USER_NAME", context.user_name);
    list.add_known("GITLAB_USER_EMAIL", context.user_email);
}

} // namespace

std::vector<NamedValue> predefined_variables(const Context& context, std::string_view job, std::string_view stage,
                                             std::chrono::seconds timeout)
{
    List list;
    add_job(list, context, job, stage, timeout);
    add_server(list, context);
    add_project(list, context);
    add_commit(list, context);
    add_user(list, context);
    return std::move(list.all);
}

std::string slug(std::string_view text)
{
    std::string result;
    std::size_t characters = 0;
    for (const char c : text) {
        const bool continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80; // the rest of a character above ASCII
        if (continues) continue;
        if (++characters > 63) break;
        if (c >= 'A' && c <= 'Z')
            result += static_cast<char>(c - 'A' + 'a');
        else
            result += (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
    }
    const auto begin = result.find_first_not_of('-');
    if (begin == std::string::npos) return {};
    return result.substr(begin, result.find_last_not_of('-') - begin + 1);
}

std::string repository_url(const Context& context)
{
    std::string url = context.repo_url.empty() ? project_url(context) + ".git" : context.repo_url;
    const auto scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    return url.insert(scheme + 3, "gitlab-ci-token:" + context.token + "@");
}

} // namespace ysnp::pipeline
