#include "runner/policy/access_policies.h"
#include <nlohmann/json.hpp>
#include <set>

namespace ysnp::policy {
namespace {

using json = nlohmann::ordered_json;

SetupRequest engine(const AccessWanted& wanted)
{
    const json body{{"type", "kv"}, {"options", {{"version", std::to_string(wanted.kv_version)}}}};
    return {"the KV engine; leave this out where it exists", "sys/mounts/" + wanted.vault.mount, body.dump()};
}

/// A token that lives for hours at most, and is good for nothing but policy.
json token_settings() { return {{"token_policies", "ysnp-runner"}, {"token_ttl", "20m"}, {"token_max_ttl", "24h"}}; }

void add_login(const AccessWanted& wanted, std::vector<SetupRequest>& all)
{
    const conf::VaultAuth& auth = wanted.vault.auth;
    json role = token_settings();
    switch (auth.method) {
    case conf::VaultAuth::Method::approle:
        all.push_back({"the runner's way to log in; leave this out where it exists", "sys/auth/" + auth.mount,
                       json{{"type", "approle"}}.dump()});
        role["secret_id_num_uses"] = 0;
        all.push_back({"the runner's role; bind it to the hosts with secret_id_bound_cidrs and token_bound_cidrs",
                       "auth/" + auth.mount + "/role/" + (auth.role.empty() ? "ysnp-runner" : auth.role), role.dump()});
        break;
    case conf::VaultAuth::Method::token_file:
        role = {{"allowed_policies", "ysnp-runner"}, {"orphan", true}, {"token_period", "24h"}};
        all.push_back({"a role for the runner's tokens: vault token create -role=ysnp-runner -policy=ysnp-runner",
                       "auth/token/roles/ysnp-runner", role.dump()});
        break;
    case conf::VaultAuth::Method::cert:
        role["certificate"] = "PEM OF THE RUNNER'S CERTIFICATE OR ITS AUTHORITY";
        all.push_back({"the runner's certificate",
                       "auth/" + auth.mount + "/certs/" + (auth.role.empty() ? "ysnp-runner" : auth.role),
                       role.dump()});
        break;
    case conf::VaultAuth::Method::job_id_token:
        break;
    }
}

/// Projects as Vault's globs know them: there `*` stands for any text.
json globs_of(const std::vector<std::string>& patterns)
{
    json globs = json::array();
    for (std::string pattern : patterns) {
        for (auto stars = pattern.find("**"); stars != std::string::npos; stars = pattern.find("**"))
            pattern.erase(stars, 1);
        globs.push_back(std::move(pattern));
    }
    return globs;
}

/// Who issues the tokens. Without a runner's `url` the administrator has to fill it in.
void add_issuer(const AccessWanted& wanted, std::vector<SetupRequest>& all)
{
    const std::set<std::string> issuers(wanted.gitlabs.begin(), wanted.gitlabs.end());
    const std::string issuer = issuers.empty() ? "https://GITLAB.EXAMPLE.COM" : *issuers.begin();
    const std::string& mount = wanted.vault.id_token.mount;
    all.push_back({"the method that verifies ID tokens of jobs; leave this out where it exists", "sys/auth/" + mount,
                   json{{"type", "jwt"}}.dump()});
    std::string what = "GitLab issues them; Vault fetches its keys from there";
    if (issuers.size() > 1) {
        what += ". One method trusts one issuer: give each of the others a method, and a configuration, of its own:";
        for (const std::string& other : issuers)
            if (other != issuer) what += " " + other;
    }
    all.push_back(
        {what, "auth/" + mount + "/config", json{{"oidc_discovery_url", issuer}, {"bound_issuer", issuer}}.dump()});
}

/// The role that verifies a job's ID token: as evidence it grants nothing; as a login it reads policy.
void add_id_token_role(const AccessWanted& wanted, std::vector<SetupRequest>& all)
{
    const conf::IdToken& token = wanted.vault.id_token;
    if (token.variable.empty()) return;
    add_issuer(wanted, all);
    const bool login = wanted.vault.auth.method == conf::VaultAuth::Method::job_id_token;
    json role{{"role_type", "jwt"},
              {"user_claim", "project_id"},
              {"bound_audiences", {token.audience.empty() ? wanted.vault.address : token.audience}}};
    if (!wanted.served.empty()) {
        role["bound_claims_type"] = "glob";
        role["bound_claims"] = {{"project_path", globs_of(wanted.served)}};
    }
    role.update({{"token_type", "service"},
                 {"token_ttl", "60s"},
                 {"token_policies", login ? json::array({"ysnp-job"}) : json::array()}});
    if (login) role["claim_mappings"] = {{"namespace_path", "namespace_path"}, {"project_path", "project_path"}};
    all.push_back({login ? "the role that jobs log in to: it reads policy"
                         : "the role that verifies the ID tokens of jobs: it grants nothing",
                   "auth/" + token.mount + "/role/" + token.role, role.dump()});
}

void add_groups(const std::vector<AccessPolicy>& policies, std::vector<SetupRequest>& all)
{
    for (const AccessPolicy& policy : policies) {
        if (policy.name == "ysnp-runner" || policy.name == "ysnp-job") continue;
        const json group{{"type", "internal"}, {"policies", {policy.name}}};
        all.push_back({"a group of " + policy.who + "; its members: member_entity_ids, or an external group's alias",
                       "identity/group/name/" + policy.name + "s", group.dump()});
    }
}

} // namespace

std::vector<SetupRequest> setup_requests(const AccessWanted& wanted)
{
    std::vector<SetupRequest> all{engine(wanted)};
    const std::vector<AccessPolicy> policies = access_policies(wanted);
    for (const AccessPolicy& policy : policies)
        all.push_back({"for " + policy.who, "sys/policies/acl/" + policy.name, json{{"policy", policy.hcl}}.dump()});
    add_login(wanted, all);
    add_id_token_role(wanted, all);
    add_groups(policies, all);
    return all;
}

} // namespace ysnp::policy
