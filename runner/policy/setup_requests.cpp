#include "runner/policy/access_policies.h"
#include <nlohmann/json.hpp>

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

/// The role that verifies a job's ID token: as evidence it grants nothing; as a login it reads policy.
void add_id_token_role(const AccessWanted& wanted, std::vector<SetupRequest>& all)
{
    const conf::IdToken& token = wanted.vault.id_token;
    if (token.variable.empty()) return;
    const bool login = wanted.vault.auth.method == conf::VaultAuth::Method::job_id_token;
    json role{{"role_type", "jwt"},
              {"user_claim", "project_path"},
              {"bound_audiences", {token.audience.empty() ? wanted.vault.address : token.audience}},
              {"token_type", "service"},
              {"token_ttl", "60s"},
              {"token_policies", login ? json::array({"ysnp-job"}) : json::array()}};
    if (login) role["claim_mappings"] = {{"namespace_path", "namespace_path"}, {"project_path", "project_path"}};
    all.push_back({login ? "the role that jobs log in to" : "the role that verifies the ID tokens of jobs",
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
