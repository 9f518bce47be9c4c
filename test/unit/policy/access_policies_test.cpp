#include "runner/policy/access_policies.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace ysnp::policy {
namespace {

AccessWanted wanted(int kv = 2)
{
    AccessWanted wanted;
    wanted.vault.mount = "cicd";
    wanted.vault.auth.mount = "approle";
    wanted.kv_version = kv;
    wanted.served = {"acme/shop"};
    return wanted;
}

std::string hcl_of(const AccessWanted& wanted, const std::string& name)
{
    for (const AccessPolicy& policy : access_policies(wanted))
        if (policy.name == name) return policy.hcl;
    FAIL("no policy " << name);
    return {};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("patterns of projects become the paths that an ACL policy knows")
{
    using Paths = std::vector<std::string>;
    CHECK(acl_paths({"acme/shop"}) == Paths{"acme/shop"});
    CHECK(acl_paths({"acme/*", "acme/web-*"}) == Paths{"acme/+"});
    CHECK(acl_paths({"acme/**"}) == Paths{"acme/+", "acme/+/+", "acme/+/+/+", "acme/+/+/+/+", "acme/+/+/+/+/+"});
    CHECK(acl_paths({"**"}).front() == "+/+");
    CHECK(acl_paths({"**"}).size() == 5);
}

TEST_CASE("nobody's policy lets the same person write policy and approve, nor the runner either")
{
    for (const int kv : {1, 2}) {
        for (const AccessPolicy& policy : access_policies(wanted(kv))) {
            INFO(policy.name << "\n" << policy.hcl);
            std::istringstream lines(policy.hcl);
            bool writes_policy = false, answers = false;
            for (std::string line; std::getline(lines, line);) {
                const bool writes = has(line, "\"create\"") || has(line, "\"update\"");
                writes_policy |=
                    writes && (has(line, "/whitelist\"") || has(line, "config\"") || has(line, "_policy\""));
                answers |= writes && has(line, "/approved/");
            }
            CHECK(writes_policy == (policy.name == "ysnp-author"));
            CHECK(answers == (policy.name == "ysnp-approver"));
        }
    }
}

TEST_CASE("the forms of KV v1 and v2 differ in where documents and lists lie")
{
    const std::string v2 = hcl_of(wanted(2), "ysnp-approver"), v1 = hcl_of(wanted(1), "ysnp-approver");
    CHECK(has(v2, "path \"cicd/data/acme/shop/approvals/+/approved/{{identity.entity.id}}\""));
    CHECK(has(v1, "path \"cicd/acme/shop/approvals/+/approved/{{identity.entity.id}}\""));
    CHECK(has(v2, "path \"cicd/metadata/acme/shop/approvals/\" { capabilities = [\"list\"] }"));
    CHECK(has(v1, "path \"cicd/acme/shop/approvals/\" { capabilities = [\"list\"] }"));
}

TEST_CASE("what an administrator sends makes the engine, the policies, the runner's role and the groups")
{
    std::vector<std::string> paths;
    for (const SetupRequest& request : setup_requests(wanted())) {
        CHECK(nlohmann::json::parse(request.body).is_object());
        CHECK_FALSE(request.what.empty());
        paths.push_back(request.path);
    }
    for (const char* path : {"sys/mounts/cicd", "sys/policies/acl/ysnp-runner", "auth/approle/role/ysnp-runner",
                             "identity/group/name/ysnp-approvers"}) {
        INFO(path);
        CHECK(std::ranges::find(paths, path) != paths.end());
    }
}

TEST_CASE("an ID token is verified by a role that grants nothing, for the projects served, from the runners' GitLab")
{
    AccessWanted with_token = wanted();
    with_token.served = {"acme/**", "tools/*"};
    with_token.gitlabs = {"https://gitlab.example.com", "https://gitlab.example.com", "https://other.example.com"};
    with_token.vault.id_token = {"VAULT_ID_TOKEN", "jwt/gitlab", "ysnp-evidence", "https://vault.example.com"};
    const auto body_at = [](const AccessWanted& wanted, const std::string& path) {
        for (const SetupRequest& request : setup_requests(wanted))
            if (request.path == path) return nlohmann::json::parse(request.body);
        return nlohmann::json();
    };
    CHECK(body_at(with_token, "sys/auth/jwt/gitlab")["type"] == "jwt");
    const auto config = body_at(with_token, "auth/jwt/gitlab/config");
    CHECK(config["oidc_discovery_url"] == "https://gitlab.example.com");
    CHECK(config["bound_issuer"] == "https://gitlab.example.com");
    auto role = body_at(with_token, "auth/jwt/gitlab/role/ysnp-evidence");
    CHECK(role["bound_audiences"] == nlohmann::json{"https://vault.example.com"});
    CHECK(role["bound_claims"]["project_path"] == nlohmann::json({"acme/*", "tools/*"}));
    CHECK(role["bound_claims_type"] == "glob");
    CHECK(role["user_claim"] == "project_id");
    CHECK(role["token_policies"].empty());
    with_token.vault.auth.method = conf::VaultAuth::Method::job_id_token;
    role = body_at(with_token, "auth/jwt/gitlab/role/ysnp-evidence");
    CHECK(role["token_policies"] == nlohmann::json{"ysnp-job"});
    CHECK(role["claim_mappings"]["project_path"] == "project_path");
    CHECK(body_at(wanted(), "auth/jwt/config").is_null());
}

} // namespace ysnp::policy
