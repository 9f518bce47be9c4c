#include "vault_desk.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

namespace {

std::vector<std::string> approve(const std::string& id, std::vector<std::string> more = {})
{
    std::vector<std::string> arguments{"gate", "approve", id, "--project", "infra/edge", "--reason", "CHG-4411"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

} // namespace

TEST_CASE("gate approve writes digest and nonce under the person's own entity, by check-and-set")
{
    VaultThread vault;
    const auto open = request_of(812, {"deploy"});
    put(vault, open);
    PersonsDesk desk(vault);
    REQUIRE(desk.run(approve(open.id)) == 0);
    const auto written = vault.written();
    REQUIRE(written.size() == 1);
    CHECK(written[0]["options"]["cas"] == 0);
    checks::ApprovalRecord record;
    REQUIRE(checks::read_approval(written[0]["data"].dump(), record).empty());
    CHECK(record.approves);
    CHECK(record.digest == open.digest);
    CHECK(record.nonce == open.nonce);
    CHECK(record.reason == "CHG-4411");
    CHECK_FALSE(record.until);
    const auto calls = vault.calls();
    CHECK(calls.back() == "POST /v1/cicd/data/" + folder_of(open) + "/approved/entity-1");
    CHECK_THAT(desk.out, ContainsSubstring("Approved  deploy, job 812 of infra/edge\nDigest    " + open.digest));
    CHECK_THAT(desk.out, ContainsSubstring("Scope     this job, once"));

    // a second thought is one more version of the same record
    REQUIRE(desk.run({"gate", "deny", open.id, "--reason", "wrong window", "--output", "json"}) == 0);
    CHECK(json::parse(desk.out)["decision"] == "deny");
    CHECK(vault.written().at(0)["options"]["cas"] == 1);
    CHECK(vault.written().at(0)["data"]["decision"] == "deny");
}

TEST_CASE("an approval until a day is good to the end of that day")
{
    VaultThread vault;
    const auto open = request_of(812, {"deploy"});
    put(vault, open);
    PersonsDesk desk(vault);
    REQUIRE(desk.run(approve(open.id, {"--until", "2026-12-31", "--output", "json"})) == 0);
    const json answer = json::parse(desk.out);
    CHECK(answer["until"] == "2026-12-31T23:59:59Z");
    CHECK(answer["digest"] == open.digest);
    CHECK(answer["entity"] == "entity-1");
    CHECK(answer["written"] == folder_of(open) + "/approved/entity-1");
    CHECK(vault.written().at(0)["data"]["until"] == 1798761599);
    CHECK(desk.run(approve(open.id, {"--until", "2026-11-29"})) == 2);
    CHECK_THAT(desk.logged, ContainsSubstring("2026-11-29 has passed"));
    CHECK(desk.run(approve(open.id, {"--until", "soon"})) == 2);
    CHECK(desk.run(approve(open.id, {"--until", "2026-12-31", "--once"})) == 2);
}

TEST_CASE("who is nobody cannot answer: a root token, a token without an entity [AC-A18]")
{
    VaultThread vault;
    const auto open = request_of(812, {"deploy"});
    put(vault, open);
    PersonsDesk desk(vault);
    desk.environment["VAULT_TOKEN"] =
        vault.with([](FakeVault& fake) { return fake.give_token(std::chrono::hours(1), {"root"}); });
    CHECK(desk.run(approve(open.id)) == 4);
    CHECK_THAT(desk.logged,
               ContainsSubstring("a root token, which belongs to nobody") && ContainsSubstring("log in as yourself"));
    desk.environment.erase("VAULT_TOKEN");
    Fault nobody;
    nobody.path = "*/lookup-self";
    nobody.replace_body = true;
    nobody.body = R"({"data":{"display_name":"token","entity_id":"","policies":["x"],"ttl":60,"renewable":false}})";
    vault.with([&](FakeVault& fake) { fake.add_fault(nobody); });
    CHECK(desk.run(approve(open.id)) == 4);
    CHECK_THAT(desk.logged, ContainsSubstring("a token that belongs to nobody"));
    CHECK(vault.written().empty());
}

TEST_CASE("an approval of one's own request is written and warned about [AC-A18]")
{
    VaultThread vault;
    auto open = request_of(812, {"deploy"});
    open.requested_by = "approle"; // the fake's display name
    put(vault, open);
    PersonsDesk desk(vault);
    REQUIRE(desk.run(approve(open.id)) == 0);
    CHECK_THAT(desk.logged, ContainsSubstring("WARNING: you seem to be approle, who started this job"));
    REQUIRE(desk.run({"gate", "deny", open.id, "--reason", "no"}) == 0);
    CHECK_THAT(desk.logged, !ContainsSubstring("you seem to be"));
}

TEST_CASE("each way in which an answer fails has its exit code, and nothing is written")
{
    VaultThread vault;
    auto open = request_of(812, {"deploy"});
    put(vault, open);
    PersonsDesk desk(vault);
    const auto fails = [&](std::vector<std::string> arguments, int code, const std::string& why) {
        vault.calls();
        CHECK(desk.run(std::move(arguments)) == code);
        CHECK_THAT(desk.logged, ContainsSubstring(why));
        CHECK(vault.written().empty());
    };
    fails(approve("813-AAAAAAAAAAAA"), 2, "a request that waits for an answer");
    fails({"gate", "approve", "813-AAAAAAAAAAAA", "--reason", "x"}, 1, "no request 813-AAAAAAAAAAAA that you may see");
    fails(approve("../../x"), 2, "an id such as");
    fails({"gate", "deny", open.id, "--project", "infra/edge"}, 2, "--reason");
    fails({"gate", "deny", open.id, "--project", "infra/edge", "--reason", " "}, 2, "--reason: expected why");
    fails({"gate", "deny", open.id, "--project", "no project", "--reason", "x"}, 2, "--project: expected a path");
    vault.with([](FakeVault& fake) { fake.set_sealed(true); });
    fails(approve(open.id), 5, "unseal it");
    vault.with([](FakeVault& fake) { fake.set_sealed(false); });

    Fault refused;
    refused.method = "POST";
    refused.path = "*/approved/*";
    refused.status = 403;
    refused.body = R"({"errors":["permission denied"]})";
    vault.with([&](FakeVault& fake) { fake.add_fault(refused); });
    CHECK(desk.run(approve(open.id)) == 4);
    CHECK_THAT(desk.logged, ContainsSubstring("grant create and update on cicd/data/" + folder_of(open) +
                                              "/approved/entity-1 to this login's policy"));
    refused.status = 400;
    refused.body = R"({"errors":["check-and-set parameter did not match the current version"]})";
    vault.with([&](FakeVault& fake) { fake.add_fault(refused); });
    CHECK(desk.run(approve(open.id)) == 1);
    CHECK_THAT(desk.logged, ContainsSubstring("somebody wrote in between"));

    open.expires = at(desk_time - 1);
    put(vault, open);
    fails(approve(open.id), 7, "expired 2026-11-30T09:59:59Z");
}

TEST_CASE("the person's token comes from --token-file, VAULT_TOKEN or ~/.vault-token, never from the runner's login")
{
    VaultThread vault;
    PersonsDesk desk(vault);
    desk.write("role", "role-id-of-runner", 0600);
    desk.write("secret", "secret-id-of-runner", 0600);
    desk.write("config.yml",
               "state_dir: " + (desk.folder / "state").string() +
                   "\ngate:\n  store: vault\n  vault:\n    address: " + vault.url() +
                   "\n    mount: cicd\n    auth: { method: approle, role_id_file: " + (desk.folder / "role").string() +
                   ", secret_id_file: " + (desk.folder / "secret").string() + " }\n");
    desk.environment.erase("VAULT_ADDR"); // the configuration says where
    CHECK(desk.Desk::run({"gate", "pending"}) == 0);
    desk.environment["VAULT_TOKEN"] = "hvs.of-somebody-else";
    CHECK(desk.Desk::run({"gate", "pending"}) == 4);
    desk.write("token", desk.token, 0600);
    CHECK(desk.Desk::run({"gate", "pending", "--token-file", (desk.folder / "token").string()}) == 0);
    desk.write("token", desk.token, 0644); // others could use it
    CHECK(desk.Desk::run({"gate", "pending", "--token-file", (desk.folder / "token").string()}) == 2);
    desk.environment["VAULT_ADDR"] = "https://127.0.0.1:1";
    desk.environment["VAULT_TOKEN"] = desk.token;
    CHECK(desk.Desk::run({"gate", "pending"}) == 5); // the environment comes before the configuration
    CHECK(desk.Desk::run({"gate", "pending", "--address", vault.url()}) == 0); // and the flag before it
    desk.environment.erase("VAULT_TOKEN");
    std::filesystem::remove(desk.folder / ".vault-token");
    CHECK(desk.Desk::run({"gate", "pending", "--address", vault.url()}) == 2);
    CHECK_THAT(desk.logged, ContainsSubstring("no Vault token: log in first"));
    CHECK(vault.with([](FakeVault& fake) { return fake.logins(); }) == 0);
}

TEST_CASE("what is missing to find Vault is said")
{
    VaultThread vault;
    PersonsDesk desk(vault);
    CHECK(desk.Desk::run({"gate", "pending"}) == 2);
    CHECK_THAT(desk.logged, ContainsSubstring("--mount cicd"));
    desk.environment.erase("VAULT_ADDR");
    CHECK(desk.run({"gate", "pending"}) == 2);
    CHECK_THAT(desk.logged, ContainsSubstring("where is Vault?"));
    CHECK(desk.run({"gate", "pending", "--address", "http://vault.example.com:8200"}) == 2); // [AC-A11]
}

TEST_CASE("the namespace goes with each request")
{
    FakeVaultOptions options;
    options.vault_namespace = "team";
    VaultThread vault(options);
    PersonsDesk desk(vault);
    CHECK(desk.run({"gate", "pending"}) == 4);
    CHECK(desk.run({"gate", "pending", "--vault-namespace", "team"}) == 0);
    desk.environment["VAULT_NAMESPACE"] = "team";
    CHECK(desk.run({"gate", "pending"}) == 0);
}
