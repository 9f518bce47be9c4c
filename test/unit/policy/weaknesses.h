#pragma once
#include "checks/decide.h"
#include "checks/legacy_hash.h"
#include "gitlab-api/payload_error.h"
#include "payloads.h"
#include "runner/policy/gate.h"
#include <algorithm>
#include <functional>

namespace ysnp::policy::sample {

using Change = std::function<void(nlohmann::json&)>;

/// The policy of payload-echo.json as it is: its image, and its digest or (`v1`) the hash of its script's text alone.
enum class By { digest, v1_hash };

/// One plain line, so that YSNP v1's hash of it can be honoured.
inline nlohmann::json plain_payload()
{
    auto job = payload("echo");
    job["steps"][0]["script"] = {"make deploy"};
    return job;
}

inline checks::Document document(std::string path, std::string text)
{
    checks::Document d;
    d.path = std::move(path);
    d.text = std::move(text);
    return d;
}

inline checks::Documents allowing(By by, const std::string& native_rules = "")
{
    const auto f = facts(plain_payload());
    const std::string entry = by == By::digest ? checks::digest_of(f, {}).digest
                                               : checks::v1_hash(checks::v1_pieces(f.steps[0].script, false));
    checks::Documents d;
    d.project_whitelist = document(
        "cicd/acme/tools/hello/whitelist",
        nlohmann::json{{"allowed_images", {f.image->name}}, {"allowed_scripts", {f.job_name + "@" + entry}}}.dump());
    d.project_config =
        document("cicd/acme/tools/hello/youshallnotpass_config",
                 R"({"jobs":[{"jobName":"say-hello","checks":[{"name":"imageHash","options":{"abortOnFail":true}},)"
                 R"({"name":"scriptHash","options":{"abortOnFail":true}}]}]})");
    if (!native_rules.empty())
        d.project_policy = document("cicd/acme/tools/hello/ysnp_policy",
                                    R"({"version":1,"jobs":{"say-hello":{)" + native_rules + "}}}");
    return d;
}

/// The decision on the plain payload after `change`, as the runner makes it.
inline checks::Decision decide_after(const Change& change, const checks::Documents& documents)
{
    auto job = plain_payload();
    change(job);
    Surroundings surroundings = around();
    surroundings.gate.legacy_script_hash = true;
    checks::JobFacts f;
    try {
        f = facts_of(gitlab::decode(job.dump()), surroundings);
    } catch (const gitlab::PayloadError& error) {
        return refused_payload(0, error);
    }
    return checks::decide(checks::parse_policy(documents, false), f, checks::Now{});
}

inline bool refuses(const checks::Decision& decision, std::string_view code)
{
    return decision.verdict == checks::Verdict::refuse &&
           std::any_of(decision.reasons.begin(), decision.reasons.end(), [&](const checks::Reason& reason) {
               return reason.code == code && reason.finding != checks::Finding::passed;
           });
}

inline Change add_variable(std::string key, std::string value)
{
    return [=](nlohmann::json& job) {
        job["variables"].push_back({{"key", key}, {"value", value}, {"public", true}, {"masked", false}});
    };
}

} // namespace ysnp::policy::sample
