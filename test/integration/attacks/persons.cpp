#include "test/integration/attacks/siege.h"
#include "test/unit/vault/live_server.h"
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using nlohmann::json;

namespace {

constexpr const char* audience = "https://vault.example.com";

/// What GitLab's ID token for a job of the siege says.
json claims_of(const PayloadSpec& spec, const std::string& user)
{
    using namespace std::chrono;
    const auto now = duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
    return {{"iss", spec.server_url.empty() ? "https://gitlab.example.com" : spec.server_url},
            {"aud", audience},
            {"namespace_path", "acme/tools"},
            {"project_id", std::to_string(spec.project_id)},
            {"project_path", spec.project_path},
            {"pipeline_id", std::to_string(spec.pipeline_id)},
            {"pipeline_source", spec.pipeline_source},
            {"job_id", std::to_string(spec.id)},
            {"ref", spec.ref},
            {"ref_type", spec.ref_type},
            {"ref_protected", "true"},
            {"user_id", "42"},
            {"user_login", user},
            {"user_email", user + "@example.com"},
            {"iat", now},
            {"nbf", now - 5},
            {"exp", now + 3600}};
}

void give_token(PayloadSpec& spec, std::string token)
{
    std::erase_if(spec.variables, [](const PayloadVariable& v) { return v.key == "VAULT_ID_TOKEN"; });
    spec.variables.push_back({"VAULT_ID_TOKEN", std::move(token), false, true});
}

/// The job of somebody else, with alice's name wherever GitLab or a member can write it, and a token so changed.
std::function<void(PayloadSpec&)> with_claims(const TokenIssuer& issuer, json changes, const std::string& gitlab)
{
    return [=, &issuer](PayloadSpec& spec) {
        spec.user_login = "alice";
        spec.server_url = gitlab;
        json claims = claims_of(spec, "alice");
        claims.update(changes);
        give_token(spec, issuer.issue(claims.dump()));
    };
}

std::vector<Attack> attacks(const TokenIssuer& gitlab_key, const TokenIssuer& own_key, const std::string& url)
{
    const auto forged = [&](json changes) { return with_claims(gitlab_key, std::move(changes), url); };
    const auto past = std::chrono::duration_cast<std::chrono::seconds>(
                          (std::chrono::system_clock::now() - std::chrono::hours(1)).time_since_epoch())
                          .count();
    return {
        {"GitLab says that it is alice, and there is no token", "USR-DENIED",
         [](PayloadSpec& spec) {
             spec.user_login = "alice";
             spec.variables.pop_back();
         }},
        {"a member's variable says so too", "USR-DENIED",
         [](PayloadSpec& spec) {
             spec.variables.back() = {"GITLAB_USER_LOGIN", "alice"};
         }},
        {"an unsigned token of alice's", "USR-DENIED",
         [&gitlab_key, url](PayloadSpec& spec) {
             with_claims(gitlab_key, json::object(), url)(spec);
             std::string token = spec.variables.back().value;
             give_token(spec, token.substr(0, token.rfind('.') + 1));
         }},
        {"a token that the attacker signed", "USR-DENIED", with_claims(own_key, json::object(), url)},
        {"mallory's own token", "USR-DENIED", forged({{"user_login", "mallory"}})},
        {"mallory's own token, under the number of alice", "PAY-IDENT",
         forged({{"user_login", "mallory"}, {"user_id", "66"}})},
        {"alice's token of another job", "PAY-IDENT", forged({{"job_id", "6999"}})},
        {"alice's token of another project", "PAY-IDENT",
         forged({{"project_path", "mallory/x"}, {"project_id", "666"}})},
        {"alice's token of another ref", "PAY-IDENT", forged({{"ref", "release"}})},
        {"alice's token for another service", "USR-DENIED", forged({{"aud", "https://cloud.example.com"}})},
        {"alice's token of an hour ago", "USR-DENIED", forged({{"iat", past - 60}, {"nbf", past - 60}, {"exp", past}})},
    };
}

} // namespace

TEST_CASE(
    "whoever runs a job in a privileged person's name makes nothing happen: only that person's own token for this "
    "very job is a witness [INV-1] [INV-4] [AC-I15] [GATE-W10]")
{
    const TokenIssuer gitlab_key, own_key;
    Siege siege([&](VaultSite& vault) { return vault.believe(gitlab_key, audience); });
    const std::string url = siege.world().gitlab().url();
    siege.besides([&](PayloadSpec& spec) {
        spec.server_url = url;
        spec.user_login = "alice";
        give_token(spec, gitlab_key.issue(claims_of(spec, "alice").dump()));
    });
    siege.approve_intended(
        R"({"version":1,"jobs":{"default":{"free_variables":["VAULT_ID_TOKEN"],"users":["alice"]}}})");
    siege.check_refused(attacks(gitlab_key, own_key, url));
    siege.check_runs();
}
