#pragma once
#include "checks/claims.h"
#include "checks/digest.h"
#include "sample.h"
#include <nlohmann/json.hpp>

namespace ysnp::checks::sample {

inline const std::string audience = "https://vault.example.test";

/// What GitLab's ID token for the job says, member by member.
inline nlohmann::json claims_json(const JobFacts& f)
{
    return {{"iss", f.server_url},
            {"sub", "project_path:" + f.project_path + ":ref_type:" + f.ref_type + ":ref:" + f.ref},
            {"aud", audience},
            {"namespace_path", f.project_namespace},
            {"project_id", std::to_string(f.project_id)},
            {"project_path", f.project_path},
            {"pipeline_id", std::to_string(f.pipeline_id)},
            {"pipeline_source", f.pipeline_source.empty() ? "push" : f.pipeline_source},
            {"job_id", std::to_string(f.job_id)},
            {"ref", f.ref},
            {"ref_type", f.ref_type},
            {"ref_protected", f.ref_protected.value_or(false) ? "true" : "false"},
            {"sha", f.sha},
            {"user_id", std::to_string(f.user_id.value_or(7))},
            {"user_login", "alice"},
            {"user_email", "alice@example.test"},
            {"runner_id", 12},
            {"iat", 1784000000},
            {"nbf", 1783999995},
            {"exp", std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count() + 3600}};
}

/// A token with these claims; nobody signed it.
inline std::string token_of(const std::string& claims)
{
    return base64url(R"({"alg":"RS256","typ":"JWT"})") + "." + base64url(claims) + "." + base64url("signature");
}

/// The same, read.
inline Claims claims_for(const JobFacts& f)
{
    Claims claims;
    if (!read_claims(token_of(claims_json(f).dump()), claims).empty()) claims = {};
    return claims;
}

} // namespace ysnp::checks::sample
