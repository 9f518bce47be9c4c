#include "test/double/payload.h"
#include "net/url.h"
#include "test/double/failure_reasons.h"
#include "test/double/process.h"
#include <algorithm>
#include <nlohmann/json.hpp>

namespace ysnp::test {

using nlohmann::json;

namespace {

constexpr const char* made_up_sha = "3f786850e387550fdab836ed7e6dc881de23001b";
constexpr const char* no_sha = "0000000000000000000000000000000000000000";

json variable(const PayloadVariable& from)
{
    json out = {{"key", from.key}, {"value", from.value}, {"public", from.is_public}, {"masked", from.masked}};
    if (from.file) out["file"] = true;
    if (from.raw) out["raw"] = true;
    return out;
}

/// As GitLab makes it: 63 characters, none of them '-' at an end.
std::string slug(const std::string& text)
{
    std::string out;
    for (const char c : text) {
        const bool upper = c >= 'A' && c <= 'Z', plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        const bool within_a_character = (c & 0xC0) == 0x80;
        if (!within_a_character) out += upper ? static_cast<char>(c + 32) : plain ? c : '-';
    }
    out = out.substr(0, 63);
    out.erase(0, std::min(out.find_first_not_of('-'), out.size()));
    return out.substr(0, out.find_last_not_of('-') + 1);
}

/// Everything that several parts of the payload say.
struct Facts {
    const PayloadSpec& spec;
    net::Origin server;
    std::string sha, repo_url, project_name, project_namespace;
};

Facts facts_of(const PayloadSpec& spec)
{
    Facts facts{spec, net::parse_url(spec.server_url).origin, spec.sha, {}, {}, {}};
    if (facts.sha.empty())
        facts.sha = spec.repository.empty() ? made_up_sha : git(spec.repository, {"rev-parse", spec.ref + "^{commit}"});
    facts.repo_url = facts.server.scheme + "://gitlab-ci-token:" + spec.token + "@" + facts.server.host_header() + "/" +
                     spec.project_path + ".git";
    const auto slash = spec.project_path.rfind('/');
    facts.project_name = spec.project_path.substr(slash + 1);
    facts.project_namespace = spec.project_path.substr(0, slash == std::string::npos ? 0 : slash);
    return facts;
}

std::vector<PayloadVariable> job_variables(const Facts& facts)
{
    const PayloadSpec& spec = facts.spec;
    const std::string project_url = spec.server_url + "/" + spec.project_path;
    return {{"CI_PIPELINE_ID", std::to_string(spec.pipeline_id)},
            {"CI_PIPELINE_URL", project_url + "/-/pipelines/" + std::to_string(spec.pipeline_id)},
            {"CI_JOB_ID", std::to_string(spec.id)},
            {"CI_JOB_URL", project_url + "/-/jobs/" + std::to_string(spec.id)},
            {"CI_JOB_TOKEN", spec.token, false, true},
            {"CI_JOB_STARTED_AT", "2026-07-14T09:30:02Z"},
            {"CI_JOB_TIMEOUT", std::to_string(spec.timeout)},
            {"CI_REGISTRY_USER", "gitlab-ci-token"},
            {"CI_REGISTRY_PASSWORD", spec.token, false, true},
            {"CI_REPOSITORY_URL", facts.repo_url, false},
            {"CI_JOB_NAME", spec.name},
            {"CI_JOB_NAME_SLUG", slug(spec.name)},
            {"CI_JOB_STAGE", spec.stage},
            {"CI_NODE_TOTAL", "1"},
            {"CI", "true"},
            {"GITLAB_CI", "true"}};
}

std::vector<PayloadVariable> server_variables(const Facts& facts)
{
    const net::Origin& server = facts.server;
    const std::string& url = facts.spec.server_url;
    return {{"CI_SERVER_FQDN", server.host_header()},
            {"CI_SERVER_URL", url},
            {"CI_SERVER_HOST", server.host},
            {"CI_SERVER_PORT", std::to_string(server.port)},
            {"CI_SERVER_PROTOCOL", server.scheme},
            {"CI_SERVER_NAME", "GitLab"},
            {"CI_SERVER_VERSION", "19.3.0-ee"},
            {"CI_SERVER_VERSION_MAJOR", "19"},
            {"CI_SERVER_VERSION_MINOR", "3"},
            {"CI_SERVER_VERSION_PATCH", "0"},
            {"CI_SERVER_REVISION", "0badc0ffee1"},
            {"CI_API_V4_URL", url + "/api/v4"},
            {"CI_API_GRAPHQL_URL", url + "/api/graphql"}};
}

std::vector<PayloadVariable> project_variables(const Facts& facts)
{
    const PayloadSpec& spec = facts.spec;
    return {{"CI_PROJECT_ID", std::to_string(spec.project_id)},
            {"CI_PROJECT_NAME", facts.project_name},
            {"CI_PROJECT_TITLE", facts.project_name},
            {"CI_PROJECT_PATH", spec.project_path},
            {"CI_PROJECT_PATH_SLUG", slug(spec.project_path)},
            {"CI_PROJECT_NAMESPACE", facts.project_namespace},
            {"CI_PROJECT_URL", spec.server_url + "/" + spec.project_path},
            {"CI_DEFAULT_BRANCH", "main"},
            {"CI_PIPELINE_IID", "57"},
            {"CI_PIPELINE_SOURCE", spec.pipeline_source}};
}

std::vector<PayloadVariable> commit_variables(const Facts& facts)
{
    const PayloadSpec& spec = facts.spec;
    return {{"CI_COMMIT_SHA", facts.sha},
            {"CI_COMMIT_SHORT_SHA", facts.sha.substr(0, 8)},
            {"CI_COMMIT_BEFORE_SHA", no_sha},
            {"CI_COMMIT_REF_NAME", spec.ref},
            {"CI_COMMIT_REF_SLUG", slug(spec.ref)},
            {spec.ref_type == "tag" ? "CI_COMMIT_TAG" : "CI_COMMIT_BRANCH", spec.ref},
            {"CI_COMMIT_MESSAGE", spec.commit_message, true, false, false, true},
            {"CI_COMMIT_REF_PROTECTED", spec.is_protected ? "true" : "false"},
            {"CI_COMMIT_TIMESTAMP", "2026-07-14T11:29:10+02:00"},
            {"CI_COMMIT_AUTHOR", "Ada Example <ada@example.test>"},
            {"CI_RUNNER_ID", "4711"},
            {"CI_RUNNER_DESCRIPTION", "a runner"},
            {"CI_RUNNER_TAGS", R"(["linux", "amd64"])"},
            {"GITLAB_USER_ID", "42"},
            {"GITLAB_USER_LOGIN", spec.user_login},
            {"GITLAB_USER_NAME", "Ada Example"},
            {"GITLAB_USER_EMAIL", "ada@example.test"}};
}

json variables_of(const Facts& facts)
{
    json out = json::array();
    for (const auto& part : {job_variables(facts), server_variables(facts), project_variables(facts),
                             commit_variables(facts), facts.spec.variables})
        for (const auto& from : part) out.push_back(variable(from));
    return out;
}

json job_info_of(const Facts& facts)
{
    const PayloadSpec& spec = facts.spec;
    return {{"id", spec.id},
            {"name", spec.name},
            {"stage", spec.stage},
            {"pipeline_id", spec.pipeline_id},
            {"project_id", spec.project_id},
            {"project_name", facts.project_name},
            {"project_full_path", spec.project_path},
            {"namespace_id", 310},
            {"root_namespace_id", 300},
            {"organization_id", 1},
            {"instance_id", "b1f9d3a2-6f53-4b8e-9a57-0d6d1d0c2e11"},
            {"instance_uuid", "7c0de9a4-3b61-4f0c-8d25-5a2f3f1f6b90"},
            {"user_id", 42},
            {"scoped_user_id", nullptr},
            {"time_in_queue_seconds", 1.284},
            {"project_jobs_running_on_instance_runners_count", "+Inf"},
            {"queue_size", 3},
            {"queue_depth", 1}};
}

json refspecs_of(const PayloadSpec& spec)
{
    const std::string pipeline = "refs/pipelines/" + std::to_string(spec.pipeline_id);
    json out = json::array({"+" + pipeline + ":" + pipeline});
    if (spec.depth == 0) {
        out.push_back("+refs/heads/*:refs/remotes/origin/*");
        out.push_back("+refs/tags/*:refs/tags/*");
    } else if (spec.ref_type == "tag") {
        out.push_back("+refs/tags/" + spec.ref + ":refs/tags/" + spec.ref);
    } else {
        out.push_back("+refs/heads/" + spec.ref + ":refs/remotes/origin/" + spec.ref);
    }
    return out;
}

json git_info_of(const Facts& facts)
{
    const PayloadSpec& spec = facts.spec;
    return {{"repo_url", facts.repo_url},
            {"ref", spec.ref},
            {"sha", facts.sha},
            {"before_sha", no_sha},
            {"ref_type", spec.ref_type},
            {"refspecs", refspecs_of(spec)},
            {"depth", spec.depth},
            {"repo_object_format", "sha1"},
            {"protected", spec.is_protected}};
}

json step(const PayloadSpec& spec, const char* name, const std::vector<std::string>& script, const char* when)
{
    return {{"name", name},
            {"script", script},
            {"timeout", spec.timeout},
            {"when", when},
            {"allow_failure", std::string_view(name) == "after_script"}};
}

json hooks_of(const PayloadSpec& spec)
{
    json out = json::array();
    if (!spec.pre_get_sources.empty())
        out.push_back({{"name", "pre_get_sources_script"}, {"script", spec.pre_get_sources}});
    if (!spec.post_get_sources.empty())
        out.push_back({{"name", "post_get_sources_script"}, {"script", spec.post_get_sources}});
    return out;
}

json image_of(const PayloadSpec& spec)
{
    if (spec.image.empty()) return nullptr;
    json out = {{"name", spec.image}, {"ports", json::array()}, {"executor_opts", json::object()}};
    out["entrypoint"] = spec.entrypoint ? json(*spec.entrypoint) : json(nullptr);
    out["pull_policy"] = nullptr;
    if (!spec.user.empty()) out["executor_opts"]["docker"]["user"] = spec.user;
    return out;
}

json features_of(const PayloadSpec& spec)
{
    json out = {{"trace_sections", true}, {"failure_reasons", failure_reasons}};
    if (!spec.token_mask_prefixes.empty()) out["token_mask_prefixes"] = spec.token_mask_prefixes;
    return out;
}

void publish_pipeline_ref(const PayloadSpec& spec, const std::string& sha)
{
    if (spec.repository.empty()) return;
    git(spec.repository, {"update-ref", "refs/pipelines/" + std::to_string(spec.pipeline_id), sha});
}

} // namespace

std::string make_payload(const PayloadSpec& spec)
{
    const Facts facts = facts_of(spec);
    publish_pipeline_ref(spec, facts.sha);
    json steps = json::array({step(spec, "script", spec.script, "on_success")});
    if (!spec.after_script.empty()) steps.push_back(step(spec, "after_script", spec.after_script, "always"));
    json payload = {{"id", spec.id},
                    {"token", spec.token},
                    {"allow_git_fetch", true},
                    {"job_info", job_info_of(facts)},
                    {"git_info", git_info_of(facts)},
                    {"runner_info", {{"timeout", spec.timeout}, {"runner_session_url", nullptr}}},
                    {"variables", variables_of(facts)},
                    {"steps", std::move(steps)},
                    {"hooks", hooks_of(spec)},
                    {"image", image_of(spec)},
                    {"services", json::array()},
                    {"artifacts", nullptr},
                    {"cache", json::array()},
                    {"credentials", json::array()},
                    {"features", features_of(spec)},
                    {"dependencies", json::array()}};
    if (!spec.patch.empty()) payload.merge_patch(json::parse(spec.patch));
    return payload.dump();
}

} // namespace ysnp::test
