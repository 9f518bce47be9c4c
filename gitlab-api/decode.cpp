#include "gitlab-api/decode.h"
#include "gitlab-api/decode_parts.h"
#include "gitlab-api/redact.h"
#include "gitlab-api/strict_json.h"
#include <nlohmann/json.hpp>
#include <ranges>

namespace ysnp::gitlab {
namespace {

void decode_what_executes(const JsonReader& root, Job& job)
{
    job.steps = decode_steps(root.member("steps"), job.unknown_fields);
    job.hooks = decode_hooks(root.member("hooks"), job.unknown_fields);
    job.run = root.member("run").maybe_text(4u << 20);
    job.image = decode_image(root.member("image"), job.unknown_fields);
    job.services = decode_services(root.member("services"), job.unknown_fields);
    job.artifacts = decode_artifacts(root.member("artifacts"), job.unknown_fields);
    job.cache = decode_cache(root.member("cache"), job.unknown_fields);
}

void decode_the_rest(const JsonReader& root, Job& job)
{
    job.allow_git_fetch = root.member("allow_git_fetch").flag_or(false);
    job.job_info = decode_job_info(root.member("job_info"));
    job.git_info = decode_git_info(root.member("git_info"));
    job.runner_info = decode_runner_info(root.member("runner_info"));
    job.variables = decode_variables(root.member("variables"));
    job.credentials = decode_credentials(root.member("credentials"));
    job.dependencies = decode_dependencies(root.member("dependencies"));
    job.features = decode_features(root.member("features"));
    job.inputs = decode_inputs(root.member("inputs"));
    job.policy_options = decode_policy_options(root.member("policy_options"));
    job.suspend_options = decode_suspend_options(root.member("suspend_options"));
}

// Unknown keys are ignored up here, but one that a sloppier decoder would take for a known one is not.
void report_other_case(const JsonReader& root, Job& job)
{
    root.report_unknown({"id",       "token",          "allow_git_fetch", "job_info",    "git_info",     "runner_info",
                         "inputs",   "variables",      "steps",           "run",         "hooks",        "image",
                         "services", "artifacts",      "cache",           "credentials", "dependencies", "features",
                         "secrets",  "policy_options", "suspend_options"},
                        JsonReader::Report::other_case_only, job.unknown_fields);
    root.member("job_info")
        .report_unknown({"id", "name", "stage", "project_id", "project_name", "project_full_path"},
                        JsonReader::Report::other_case_only, job.unknown_fields);
    root.member("git_info")
        .report_unknown({"repo_url", "ref", "sha", "before_sha", "ref_type", "refspecs", "depth", "repo_object_format",
                         "protected"},
                        JsonReader::Report::other_case_only, job.unknown_fields);
}

void expect_one_identity(const JsonReader& root, const Job& job)
{
    if (job.job_info.id != 0 && job.job_info.id != job.id)
        root.member("job_info").member("id").refuse(PayloadRefusal::json, "the job's id", "another number");
}

} // namespace

const std::string* find_variable(const Job& job, std::string_view key) noexcept
{
    for (const auto& variable : job.variables | std::views::reverse)
        if (variable.key == key) return &variable.value;
    return nullptr;
}

Job decode(std::string_view text)
{
    auto document = parse_strictly(text);
    const JsonReader root(&document, "");
    root.expect_object();
    Job job;
    job.id = root.member("id").integer(1);
    job.token = decode_token(root.member("token"));
    decode_what_executes(root, job);
    decode_the_rest(root, job);
    report_other_case(root, job);
    expect_one_identity(root, job);
    redact(document, job.token.reveal());
    job.secrets = decode_secrets(root.member("secrets"));
    return job;
}

} // namespace ysnp::gitlab
