#include "test/integration/vault_site.h"
#include "test/unit/vault/live_server.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::test {

using nlohmann::json;

VaultSite::VaultSite(int kv) : kv_(kv)
{
    if (LiveServer::program().empty()) SKIP("no real Vault: YSNP_VAULTD=$(test/vault/vaultd.sh)");
    server_ = run(io_, LiveServer::start(io_.get_executor()));
    make_engine();
    make_role();
}

VaultSite::~VaultSite() = default;

const std::string& VaultSite::url() const { return server_->url(); }

std::string VaultSite::root_token() const { return std::string(server_->root_token()().reveal()); }

std::string VaultSite::administer(const std::string& method, const std::string& path, const std::string& body)
{
    return run(io_, server_->administer(method, path, body));
}

std::string VaultSite::wrapped(const std::string& path) { return run(io_, server_->wrapped(path, "{}")); }

std::string VaultSite::printed_acl(const std::string& name, const std::vector<std::string>& more) const
{
    std::vector<std::string> command = more;
    const std::vector<std::string> rest{"gate",         "policies",          "--mount",  "cicd",
                                        "--kv-version", std::to_string(kv_), "--output", "json"};
    command.insert(command.end(), rest.begin(), rest.end());
    const Finished printed = run_program(command);
    const json policies = json::parse(printed.out).at("policies");
    for (const json& policy : policies)
        if (policy.at("name") == name) return policy.at("hcl").get<std::string>();
    throw std::runtime_error("gate policies prints no " + name);
}

void VaultSite::make_engine()
{
    const json engine{{"type", "kv"}, {"options", {{"version", std::to_string(kv_)}}}};
    administer("POST", "sys/mounts/cicd", engine.dump());
    administer("POST", "sys/auth/approle", R"({"type":"approle"})");
    administer("POST", "sys/auth/userpass", R"({"type":"userpass"})");
}

void VaultSite::make_role()
{
    administer("PUT", "sys/policies/acl/ysnp-runner", json{{"policy", printed_acl("ysnp-runner")}}.dump());
    administer("POST", "auth/approle/role/ysnp-runner", R"({"token_policies":"ysnp-runner","token_ttl":"1h"})");
    const json role = json::parse(administer("GET", "auth/approle/role/ysnp-runner/role-id"));
    const json secret = json::parse(administer("POST", "auth/approle/role/ysnp-runner/secret-id"));
    write_text(folder_ / "role-id", role.at("data").at("role_id").get<std::string>());
    write_text(folder_ / "secret-id", secret.at("data").at("secret_id").get<std::string>());
}

WorldOptions VaultSite::world(const std::string& more, WorldOptions options)
{
    options.learn = false;
    options.gate_yaml =
        "gate:\n  mode: enforce\n  store: vault\n  vault:\n    address: " + url() +
        "\n    mount: cicd\n    auth: { method: approle, role_id_file: " + (folder_ / "role-id").string() +
        ", secret_id_file: " + (folder_ / "secret-id").string() + " }\n" + more;
    return options;
}

void VaultSite::put(const std::string& path, const std::string& document)
{
    if (kv_ == 1)
        administer("POST", "cicd/" + path, document);
    else
        administer("POST", "cicd/data/" + path, R"({"data":)" + document + "}");
}

std::string VaultSite::get(const std::string& path)
{
    if (kv_ == 1) return json::parse(administer("GET", "cicd/" + path)).at("data").dump();
    return json::parse(administer("GET", "cicd/data/" + path)).at("data").at("data").dump();
}

std::string VaultSite::get_or(const std::string& path, const std::string& otherwise)
{
    const std::unique_ptr<vault::Client> root = server_->root("cicd");
    const vault::Document found = run(io_, root->read(path, in(std::chrono::seconds(20))));
    return found.text.value_or(otherwise);
}

std::string VaultSite::second_login(const std::string& name, const std::string& entity)
{
    administer("POST", "sys/auth/second", R"({"type":"userpass"})");
    const json mounts = json::parse(administer("GET", "sys/auth"));
    const json alias{{"name", name},
                     {"canonical_id", entity},
                     {"mount_accessor", mounts.at("second/").at("accessor").get<std::string>()}};
    administer("POST", "identity/entity-alias", alias.dump());
    administer("POST", "auth/second/users/" + name,
               json{{"password", "correct horse"}, {"token_policies", "of-" + name}}.dump());
    const json login = json::parse(administer("POST", "auth/second/login/" + name, R"({"password":"correct horse"})"));
    return login.at("auth").at("client_token").get<std::string>();
}

std::string VaultSite::believe(const TokenIssuer& issuer, const std::string& audience)
{
    administer("POST", "sys/auth/jwt", R"({"type":"jwt"})");
    administer("POST", "auth/jwt/config", json{{"jwt_validation_pubkeys", {issuer.public_key()}}}.dump());
    administer("POST", "auth/jwt/role/ysnp-evidence",
               json{{"role_type", "jwt"},
                    {"user_claim", "job_id"},
                    {"bound_audiences", {audience}},
                    {"token_no_default_policy", true},
                    {"token_ttl", "1m"}}
                   .dump());
    return "    id_token: { variable: VAULT_ID_TOKEN, mount: jwt, role: ysnp-evidence, audience: \"" + audience +
           "\" }\n";
}

std::string VaultSite::person(const std::string& name, const std::string& acl)
{
    administer("PUT", "sys/policies/acl/of-" + name, json{{"policy", acl}}.dump());
    administer("POST", "auth/userpass/users/" + name,
               json{{"password", "correct horse"}, {"token_policies", "of-" + name}}.dump());
    const json login =
        json::parse(administer("POST", "auth/userpass/login/" + name, R"({"password":"correct horse"})"));
    return login.at("auth").at("client_token").get<std::string>();
}

} // namespace ysnp::test
