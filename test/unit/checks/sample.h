#pragma once
#include "checks/decide.h"
#include "checks/digest.h"
#include <algorithm>
#include <string>
#include <string_view>

namespace ysnp::checks::sample {

inline const std::string image_digest = "sha256:def822f9851ca422481ec6fee59a9966f12b351c62ccb9aca841526ffaa9f748";
inline const std::string image = "alpine:3.13@" + image_digest;

inline Variable variable(std::string key, std::string value)
{
    Variable v;
    v.key = std::move(key);
    v.value = std::move(value);
    return v;
}

inline Variable secret(std::string key, std::string value)
{
    Variable v = variable(std::move(key), std::move(value));
    v.masked = true;
    v.is_public = false;
    return v;
}

inline JobFacts facts()
{
    JobFacts f;
    f.server_url = "https://gitlab.example.test";
    f.project_path = "acme/platform/shop";
    f.project_namespace = "acme/platform";
    f.project_id = 81;
    f.job_id = 90002;
    f.pipeline_id = 5002;
    f.job_name = "deploy";
    f.stage = "test";
    f.ref = "main";
    f.ref_type = "branch";
    f.ref_protected = true;
    f.sha = "89e6c98d92887913cadf06b2adb97f26cde4849b";
    f.image.emplace().name = image;
    f.steps.push_back({"script", {"echo hello", "make"}, "on_success", false});
    f.variables.push_back(variable("CI_PROJECT_PATH", "acme/platform/shop"));
    f.variables.push_back(variable("CI_PIPELINE_IID", "57"));
    f.variables.push_back(variable("CI_DEFAULT_BRANCH", "main"));
    f.variables.push_back(variable("TARGET", "staging"));
    return f;
}

inline Document document(std::string path, std::string text)
{
    Document d;
    d.path = std::move(path);
    d.text = std::move(text);
    return d;
}

inline const std::string strict_config =
    R"({"jobs":[{"jobName":"default","checks":[{"name":"imageHash","options":{"abortOnFail":true}},)"
    R"({"name":"scriptHash","options":{"abortOnFail":true}}]}]})";

inline std::string whitelist(const std::string& script, const std::string& listed_image = image)
{
    return R"({"allowed_images":[")" + listed_image + R"("],"allowed_scripts":[")" + script + R"("]})";
}

/// Documents that allow exactly this job.
inline Documents documents_for(const JobFacts& f, const std::vector<std::string>& free = {})
{
    Documents d;
    d.project_whitelist =
        document("cicd/acme/platform/shop/whitelist", whitelist(f.job_name + "@" + digest_of(f, free).digest));
    d.project_config = document("cicd/acme/platform/shop/youshallnotpass_config", strict_config);
    if (!free.empty()) {
        std::string names;
        for (const auto& name : free) names += (names.empty() ? "\"" : ",\"") + name + "\"";
        d.project_policy = document("cicd/acme/platform/shop/ysnp_policy",
                                    R"({"version":1,"jobs":{"default":{"free_variables":[)" + names + "]}}}");
    }
    return d;
}

inline Documents with_config(const JobFacts& f, const std::string& checks)
{
    Documents d = documents_for(f);
    d.project_config.text = R"({"jobs":[{"jobName":"default","checks":[)" + checks + "]}]}";
    return d;
}

inline Documents with_native(const JobFacts& f, const std::string& rules)
{
    Documents d = documents_for(f);
    d.project_policy =
        document("cicd/acme/platform/shop/ysnp_policy", R"({"version":1,"jobs":{"default":{)" + rules + "}}}");
    return d;
}

inline const Now now{std::chrono::sys_days(std::chrono::year(2026) / 7 / 14)};

inline Decision decide_with(const Documents& d, const JobFacts& f, Now when = now)
{
    return decide(parse_policy(d, f.local.legacy_profiles), f, when);
}

inline bool says(const Decision& decision, std::string_view code)
{
    return std::any_of(decision.reasons.begin(), decision.reasons.end(),
                       [&](const Reason& reason) { return reason.code == code && reason.finding != Finding::passed; });
}

} // namespace ysnp::checks::sample
