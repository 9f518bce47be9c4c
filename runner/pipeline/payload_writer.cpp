#include "runner/pipeline/payload_writer.h"
#include "runner/pipeline/predefined_variables.h"
#include <charconv>
#include <nlohmann/json.hpp>

namespace ysnp::pipeline {
namespace {

using Json = nlohmann::ordered_json;

Json job_info(const Evaluated& job, const Context& context)
{
    const auto slash = context.project_path.rfind('/');
    return {{"id", context.job_id},
            {"name", job.name},
            {"stage", job.stage},
            {"pipeline_id", context.pipeline_id},
            {"project_id", context.project_id},
            {"project_name", context.project_path.substr(slash == std::string::npos ? 0 : slash + 1)},
            {"project_full_path", context.project_path},
            {"time_in_queue_seconds", 0.0},
            {"project_jobs_running_on_instance_runners_count", "+Inf"}};
}

/// GIT_DEPTH, as GitLab puts it into the payload.
int depth_of(const Evaluated& job)
{
    int depth = 20; // GitLab's default of new projects
    for (const NamedValue& variable : job.variables) {
        int value = 0;
        const char* const end = variable.value.data() + variable.value.size();
        if (variable.key != "GIT_DEPTH") continue;
        const auto read = std::from_chars(variable.value.data(), end, value);
        if (read.ec == std::errc() && read.ptr == end && value >= 0) depth = value;
    }
    return depth;
}

Json git_info(const Evaluated& job, const Context& context)
{
    const bool tag = context.ref_kind == RefKind::tag;
    const auto pipeline = "refs/pipelines/" + std::to_string(context.pipeline_id);
    const auto ref = tag ? "+refs/tags/" + context.ref + ":refs/tags/" + context.ref
                         : "+refs/heads/" + context.ref + ":refs/remotes/origin/" + context.ref;
    return {{"repo_url", repository_url(context)},
            {"ref", context.ref},
            {"sha", context.sha},
            {"before_sha", context.before_sha},
            {"ref_type", tag ? "tag" : "branch"},
            {"refspecs", {"+" + pipeline + ":" + pipeline, ref}},
            {"depth", depth_of(job)},
            {"repo_object_format", context.sha.size() == 64 ? "sha256" : "sha1"},
            {"protected", false}};
}

Json variables(const std::vector<NamedValue>& all)
{
    Json list = Json::array();
    for (const auto& each : all) {
        Json variable = {{"key", each.key}, {"value", each.value}, {"public", each.is_public}, {"masked", each.masked}};
        if (each.raw) variable["raw"] = true;
        list.push_back(std::move(variable));
    }
    return list;
}

Json step(const char* name, const std::vector<std::string>& script, std::chrono::seconds timeout, bool after)
{
    return {{"name", name},
            {"script", script},
            {"timeout", timeout.count()},
            {"when", after ? "always" : "on_success"},
            {"allow_failure", after}};
}

Json steps(const Evaluated& job)
{
    Json list = Json::array();
    list.push_back(step("script", job.script, job.timeout, false));
    if (!job.after_script.empty()) list.push_back(step("after_script", job.after_script, job.timeout, true));
    return list;
}

Json hooks(const Evaluated& job)
{
    Json list = Json::array();
    if (!job.pre_get_sources.empty())
        list.push_back({{"name", "pre_get_sources_script"}, {"script", job.pre_get_sources}});
    return list;
}

Json image(const std::optional<ImageEntry>& entry)
{
    if (!entry) return nullptr;
    Json docker = Json::object();
    if (!entry->docker_platform.empty()) docker["platform"] = entry->docker_platform;
    if (!entry->docker_user.empty()) docker["user"] = entry->docker_user;
    Json written = {{"name", entry->name},
                    {"entrypoint", nullptr},
                    {"ports", Json::array()},
                    {"executor_opts", Json::object()},
                    {"pull_policy", nullptr}};
    if (entry->entrypoint) written["entrypoint"] = *entry->entrypoint;
    if (!docker.empty()) written["executor_opts"]["docker"] = std::move(docker);
    if (!entry->pull_policy.empty()) written["pull_policy"] = entry->pull_policy;
    return written;
}

} // namespace

std::string write_payload(const Evaluated& job, const Context& context)
{
    const Json empty = Json::array();
    Json payload;
    payload["id"] = context.job_id;
    payload["token"] = context.token;
    payload["allow_git_fetch"] = true;
    payload["job_info"] = job_info(job, context);
    payload["git_info"] = git_info(job, context);
    payload["runner_info"] = {{"timeout", job.timeout.count()}, {"runner_session_url", nullptr}};
    payload["variables"] = variables(job.variables);
    payload["steps"] = steps(job);
    payload["hooks"] = hooks(job);
    payload["image"] = image(job.image);
    payload["services"] = empty;
    payload["artifacts"] = nullptr;
    payload["cache"] = empty;
    payload["credentials"] = empty;
    payload["dependencies"] = empty;
    payload["features"] = {{"trace_sections", true}, {"failure_reasons", empty}};
    return payload.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace ysnp::pipeline
