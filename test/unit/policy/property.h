#pragma once
#include "checks/decide.h"
#include "payload_tree.h"
#include "payloads.h"
#include <string>
#include <system_error>

namespace ysnp::policy::sample {

using nlohmann::json;

/// The full payload, with the members that it has nowhere: flags, arguments of the image, a secret flag.
inline json original()
{
    json job = full_payload();
    job["features"].erase("failure_reasons"); // long, and nobody's to run
    const auto add = [&](const char* key, const char* value, bool secret) {
        job["variables"].push_back(
            {{"key", key}, {"value", value}, {"public", !secret}, {"masked", secret}, {"file", false}, {"raw", false}});
    };
    add("FF_NETWORK_PER_BUILD", "true", false);
    add("FF_SECRET_SWITCH", "false", true);
    job["image"]["ports"] = {{{"number", 80}, {"protocol", "http"}, {"name", "web"}}};
    job["services"][1]["entrypoint"] = {"redis-server"};
    job["cache"][1]["untracked"] = true;
    return job;
}

/// What decides about a payload: its digest, or that it is refused.
struct Outcome {
    std::string digest;
    bool refused = false;
};

/// The policy that allows exactly the original.
inline const checks::Policy& made_for_it()
{
    static const checks::Policy policy = [] {
        const auto job = facts(original());
        checks::Documents d;
        d.project_policy.path = "p";
        d.project_policy.text = R"({"version":1,"jobs":{"default":{"checks":[{"name":"scriptHash"}],"free_variables":
            ["VAULT_ID_TOKEN","AWS_ID_TOKEN","VAULT_SERVER_URL","KUBECONFIG_FILE","MULTI","DB_PASSWORD"]}}})";
        const auto free = checks::parse_policy(d, false).native_job("default")->free_variables;
        d.project_whitelist.path = "w";
        d.project_whitelist.text =
            json{{"allowed_scripts", {job.job_name + "@" + checks::digest_of(job, free).digest}}}.dump();
        return checks::parse_policy(d, false);
    }();
    return policy;
}

/// What that policy says of a payload.
inline Outcome judge(const json& payload)
{
    try {
        const auto job = facts(payload);
        const auto decision = checks::decide(made_for_it(), job, checks::Now{});
        return {decision.digest, !decision.allowed()};
    } catch (const std::system_error&) {
        return {"", true};
    }
}

} // namespace ysnp::policy::sample
