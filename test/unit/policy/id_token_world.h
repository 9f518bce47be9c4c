#pragma once
#include "checks/digest.h"
#include "vault_world.h"
#include <nlohmann/json.hpp>

namespace ysnp::policy::sample {

inline const conf::IdToken evidence{
    .variable = "VAULT_ID_TOKEN", .mount = "jwt", .role = "runner", .audience = "https://vault.example.test"};

/// What GitLab's ID token for payload-echo.json says.
inline nlohmann::json echo_claims()
{
    using namespace std::chrono;
    const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
    return {{"iss", "https://gitlab.example.test"},
            {"aud", evidence.audience},
            {"namespace_path", "acme/tools"},
            {"project_id", "77"},
            {"project_path", "acme/tools/hello"},
            {"pipeline_id", "5001"},
            {"pipeline_source", "push"},
            {"job_id", "90001"},
            {"ref", "main"},
            {"ref_type", "branch"},
            {"ref_protected", "true"},
            {"sha", "3f786850e387550fdab836ed7e6dc881de23001b"},
            {"user_id", "42"},
            {"user_login", "ada"},
            {"user_email", "ada@example.test"},
            {"iat", now},
            {"nbf", now - 5},
            {"exp", now + 3600}};
}

/// A token of this form; nobody signed it.
inline std::string unsigned_token(const nlohmann::json& claims)
{
    using checks::base64url;
    return base64url(R"({"alg":"RS256","typ":"JWT"})") + "." + base64url(claims.dump()) + "." + base64url("signature");
}

/// payload-echo.json with a token in VAULT_ID_TOKEN, as GitLab sends it; without one where it is empty.
inline gitlab::Job echo_with(const std::string& token)
{
    gitlab::Job job = gitlab::decode(payload("echo").dump());
    if (token.empty()) return job;
    gitlab::Variable variable;
    variable.key = evidence.variable;
    variable.value = token;
    variable.masked = true;
    job.variables.push_back(variable);
    return job;
}

inline Surroundings around_with_evidence()
{
    Surroundings surroundings = around();
    surroundings.gate.vault.id_token = evidence;
    return surroundings;
}

/// Documents that allow the job with these native rules for it, such as `"users":["ada"]`.
inline std::map<std::string, std::string> documents_with(const gitlab::Job& job, const std::string& rules)
{
    const checks::JobFacts facts = facts_of(job, around_with_evidence());
    const std::string digest = checks::digest_of(facts, {evidence.variable}).digest;
    return {
        {"acme/tools/hello/whitelist", R"({"allowed_scripts":["say-hello@)" + digest + R"("]})"},
        {"acme/tools/hello/ysnp_policy",
         R"({"version":1,"jobs":{"default":{"checks":[{"name":"scriptHash"}],"free_variables":["VAULT_ID_TOKEN"],)" +
             rules + "}}}"}};
}

/// A Vault whose JWT method accepts one token, and a store for which such tokens are evidence.
struct EvidenceWorld {
    EvidenceWorld(asio::any_io_executor executor, const std::string& accepted,
                  const std::map<std::string, std::string>& documents, conf::IdToken settings = evidence)
        : fake(executor, accepting(accepted)), store(executor, vault_options_for(fake.url()), std::move(settings))
    {
        for (const auto& [path, text] : documents) fake.put(path, text);
    }
    static test::FakeVaultOptions accepting(const std::string& token)
    {
        test::FakeVaultOptions options;
        options.jwt = token;
        return options;
    }
    asio::awaitable<checks::Decision> judge(const gitlab::Job& job)
    {
        const Surroundings surroundings = around_with_evidence();
        checks::Decision decision = co_await policy::judge(store, job, surroundings, in(20s));
        UNSCOPED_INFO(checks::render_json(decision));
        co_return decision;
    }
    test::FakeVault fake;
    VaultStore store;
};

} // namespace ysnp::policy::sample
