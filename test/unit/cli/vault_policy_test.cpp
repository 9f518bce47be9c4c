#include "vault_desk.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

using namespace ysnp;
using namespace ysnp::test;
using Catch::Matchers::ContainsSubstring;
using nlohmann::json;

namespace {

/// A job as GitLab sends it, with an image that has a digest.
std::string payload()
{
    json job = json::parse(text_of(std::filesystem::path(YSNP_SOURCE_DIR) / "test/vectors/payload-echo.json"));
    job["image"] = {{"name", "busybox@sha256:" + std::string(64, 'a')}};
    return job.dump();
}

/// A host whose runner keeps policy in Vault, and a person with a token of their own.
struct Host : PersonsDesk {
    explicit Host(VaultThread& vault, const std::string& more = "") : PersonsDesk(vault)
    {
        write("role", "role-id-of-runner", 0600);
        write("secret", "secret-id-of-runner", 0600);
        write("config.yml",
              "state_dir: " + (folder / "state").string() + "\ngate:\n  store: vault\n  vault:\n    address: " +
                  vault.url() + "\n    mount: cicd\n    timeout: 5s\n    auth: { method: approle, role_id_file: " +
                  (folder / "role").string() + ", secret_id_file: " + (folder / "secret").string() + " }\n" + more);
        write("payload.json", payload());
        environment.erase("VAULT_ADDR");
    }
    std::string job() const { return (folder / "payload.json").string(); }
    int check() { return Desk::run({"gate", "check", "--payload", job(), "--output", "json"}); }
    int allow(std::vector<std::string> more = {})
    {
        more.insert(more.begin(), {"gate", "allow", "--payload", job()});
        return Desk::run(std::move(more));
    }
};

const std::string folder = "acme/tools/hello";

} // namespace

TEST_CASE("gate check judges on the policy in Vault under the person's own token, never with the runner's login: "
          "4, 0, 7, 5")
{
    VaultThread vault;
    Host host(vault);
    CHECK(host.check() == 4);
    CHECK(json::parse(host.out)["code"] == "POL-MISSING");
    REQUIRE(host.allow() == 0);
    CHECK(host.check() == 0);
    vault.put(folder + "/ysnp_policy", R"({"version":1,"jobs":{"default":{"checks":[{"name":"mfaRequired"}]}}})");
    CHECK(host.check() == 7);
    INFO(host.out);
    CHECK(json::parse(host.out)["verdict"] == "ask");
    vault.with([](FakeVault& fake) { fake.set_sealed(true); });
    CHECK(host.check() == 5);
    vault.with([](FakeVault& fake) { fake.set_sealed(false); });
    REQUIRE(host.Desk::run({"digest", "--payload", host.job()}) == 0);
    CHECK(vault.with([](FakeVault& fake) { return fake.logins(); }) == 0);
    host.write(".vault-token", "hvs.of-nobody\n", 0600);
    CHECK(host.check() == 5);
    CHECK_THAT(host.out, ContainsSubstring("VLT-"));
    CHECK(host.Desk::run({"digest", "--payload", host.job()}) == 3);
    std::filesystem::remove(host.folder.path() / ".vault-token");
    CHECK(host.check() == 2);
    CHECK_THAT(host.logged, ContainsSubstring("no Vault token"));
    CHECK(vault.with([](FakeVault& fake) { return fake.logins(); }) == 0);
}

TEST_CASE("gate check and digest need no configuration of a runner, and read the mount of its own where one has it")
{
    VaultThread vault;
    Host host(vault);
    REQUIRE(host.allow() == 0);
    PersonsDesk developer(vault);
    developer.write("config.yml", "state_dir: " + (developer.folder / "state").string() + "\n");
    developer.write("payload.json", payload());
    const std::string file = (developer.folder / "payload.json").string();
    CHECK(developer.run({"gate", "check", "--payload", file}) == 0);
    CHECK(developer.run({"digest", "--payload", file}) == 0);
    CHECK(developer.run({"gate", "check", "--payload", file, "--token-file", "/nonexistent"}) == 2);
    CHECK(developer.Desk::run({"gate", "check", "--payload", file, "--token-file", file}) == 2); // which engine?
    CHECK_THAT(developer.logged, ContainsSubstring("which KV engine holds the policy? Give --mount"));
    Host other(vault, "runners:\n  - { name: edge, url: https://gitlab.example.test, token: glrt-one, "
                      "gate: { mount: other } }\n");
    vault.calls();
    CHECK(other.check() != 0);
    const auto calls = vault.calls();
    CHECK(std::ranges::any_of(calls, [](const std::string& call) { return call.find("/other") != std::string::npos; }));
    CHECK(std::ranges::none_of(calls, [](const std::string& call) { return call.find("/cicd") != std::string::npos; }));
    CHECK(vault.with([](FakeVault& fake) { return fake.logins(); }) == 0);
}

TEST_CASE("a configuration that only the runner may read is left alone, unless it was named")
{
    Desk desk;
    const auto file = desk.folder / ".config/ysnprunner/config.yml";
    desk.write(".config/ysnprunner/config.yml", "gate: { store: nowhere }\n", 0000);
    ::chmod(desk.folder.path().c_str(), 0755);
    std::ostringstream printed;
    std::istringstream typed;
    cli::Console console(printed, typed, cli::Console::Person::absent);
    cli::Session session{console, {}, conf::Environment::of_process()};
    session.environment.variable = [&](const std::string& name) {
        return name == "HOME" ? std::optional(desk.folder.path().string()) : std::nullopt;
    };
    std::string logged;
    host::capture_log([&](std::string_view line) { logged += line; });
    const uid_t me = ::geteuid();
    if (me == 0) REQUIRE(::seteuid(65534) == 0); // root may read everything
    const bool there = cli::config_file(session).has_value();
    const conf::Config config = cli::load_config_or_defaults(session, cli::configuration);
    session.global.config = file.string();
    const auto named = [&] { return cli::load_config_or_defaults(session, cli::configuration); };
    CHECK_THROWS_AS(named(), cli::CommandError);
    if (me == 0) REQUIRE(::seteuid(0) == 0);
    host::capture_log({});
    CHECK_THAT(logged, ContainsSubstring("is not yours to read, and left alone"));
    CHECK(there);
    CHECK(config.gate.store == conf::Store::file);
}

TEST_CASE("gate allow writes to Vault under the person's own token, by check-and-set, and loses nothing")
{
    VaultThread vault;
    vault.put(folder + "/whitelist",
              R"({"comment":"ours","Allowed_Scripts":["j@sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4="]})");
    Host host(vault);
    REQUIRE(host.allow({"--output", "json"}) == 0);
    const json answer = json::parse(host.out);
    CHECK(answer["written"] == json({"cicd/" + folder + "/whitelist", "cicd/" + folder + "/youshallnotpass_config"}));
    CHECK(vault.with([](FakeVault& fake) { return fake.logins(); }) == 0); // the runner's login was not used
    const auto written = vault.written();
    REQUIRE(written.size() == 2);
    CHECK(written[0]["options"]["cas"] == 1);
    CHECK(written[0]["data"]["comment"] == "ours");
    CHECK(written[0]["data"]["Allowed_Scripts"].size() == 2);
    CHECK(written[1]["options"]["cas"] == 0);
    vault.calls();
    REQUIRE(host.allow() == 0);
    CHECK_THAT(host.out, ContainsSubstring("present  allowed_scripts: say-hello@ysnp2:"));
    CHECK(vault.written().empty());
}

TEST_CASE("gate allow adds the entries that a refusal shows to Vault")
{
    VaultThread vault;
    vault.put(folder + "/whitelist", R"({"comment":"ours"})");
    Host host(vault);
    const std::string entry = "say-hello@ysnp2:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4";
    const std::string image = "busybox@sha256:" + std::string(64, 'a');
    vault.calls();
    REQUIRE(host.Desk::run({"gate", "allow", "--project", folder, "--entry", entry, "--image", image}) == 0);
    const auto written = vault.written();
    REQUIRE(written.size() == 2);
    CHECK(written[0]["options"]["cas"] == 1);
    CHECK(written[0]["data"] == json({{"comment", "ours"}, {"allowed_scripts", {entry}}, {"allowed_images", {image}}}));
    CHECK(vault.with([](FakeVault& fake) { return fake.logins(); }) == 0);
}

TEST_CASE("gate allow keeps what a group's policy in Vault says about the job")
{
    VaultThread vault;
    vault.put("acme/ysnp_policy", R"({"version":1,"inherit":true,"jobs":{"default":{"refs":["refs/heads/old"]}}})");
    Host host(vault);
    json job = json::parse(payload());
    job["variables"].push_back({{"key", "TOKEN"}, {"value", "x"}, {"public", false}, {"masked", true}});
    host.write("payload.json", job.dump());
    vault.calls();
    REQUIRE(host.allow() == 0);
    CHECK_THAT(host.out, ContainsSubstring("jobs.say-hello: a copy of default of cicd/acme/ysnp_policy"));
    const auto written = vault.written();
    REQUIRE(written.size() == 3);
    CHECK(written[1]["options"]["cas"] == 0);
    CHECK(written[1]["data"]["inherit"] == true);
    CHECK(written[1]["data"]["jobs"]["say-hello"] ==
          json({{"refs", {"refs/heads/old"}}, {"free_variables", {"TOKEN"}}}));
    CHECK(host.check() == 4);
    CHECK(json::parse(host.out)["code"] == "POL-CONDITION");
}

TEST_CASE("gate allow ends with a clear error where somebody edits the document at the same time")
{
    for (const int kv : {1, 2}) {
        FakeVaultOptions options;
        options.kv_version = kv;
        VaultThread vault(options);
        vault.put(folder + "/whitelist", R"({"allowed_scripts":[]})");
        Host host(vault);
        // while the first document is on its way to us, another person writes it
        Fault edited;
        edited.method = "GET";
        edited.path = kv == 2 ? "*/data/" + folder + "/ysnp_policy" : "*/" + folder + "/ysnp_policy";
        edited.delay = std::chrono::milliseconds(300);
        edited.skip = 1; // the first reading is for the digest
        vault.with([&](FakeVault& fake) { fake.add_fault(edited); });
        std::thread other([&] {
            // the reading that counts is the second one of the whitelist
            for (int seen = 0; seen < 2;) {
                seen = vault.with([&](FakeVault& fake) {
                    int count = 0;
                    for (const Recorded& request : fake.server().requests())
                        count += request.method == "GET" && request.path().ends_with(folder + "/whitelist");
                    return count;
                });
            }
            vault.put(folder + "/whitelist", R"({"allowed_scripts":[],"new":"entry"})");
        });
        CHECK(host.allow() == 1);
        other.join();
        CHECK_THAT(host.logged, ContainsSubstring("somebody else is editing it: look, then run this again"));
        REQUIRE(host.allow() == 0);
        const std::string path = kv == 2 ? "/v1/cicd/data/" : "/v1/cicd/";
        const json last = vault.with([&](FakeVault& fake) {
            json found;
            for (const Recorded& request : fake.server().requests())
                if (request.method == "POST" && request.path() == path + folder + "/whitelist")
                    found = json::parse(request.body);
            return found;
        });
        const json document = kv == 2 ? last["data"] : last;
        CHECK(document["new"] == "entry");
        CHECK(document["allowed_scripts"].size() == 1);
        CHECK(host.check() == 0);
    }
}

TEST_CASE("gate allow says which right is missing, and what stops it before it writes")
{
    VaultThread vault;
    Host host(vault);
    Fault refused;
    refused.method = "POST";
    refused.path = "*/whitelist";
    refused.status = 403;
    refused.body = R"({"errors":["permission denied"]})";
    vault.with([&](FakeVault& fake) { fake.add_fault(refused); });
    CHECK(host.allow() == 4);
    CHECK_THAT(host.logged, ContainsSubstring("grant create and update on cicd/data/" + folder + "/whitelist"));
    vault.with([](FakeVault& fake) { fake.set_sealed(true); });
    CHECK(host.allow() == 5);
    vault.with([](FakeVault& fake) { fake.set_sealed(false); });
    vault.put(folder + "/whitelist", R"({"allowed_scripts":"all"})");
    vault.calls();
    CHECK(host.allow() != 0);
    CHECK(vault.written().empty());
}

TEST_CASE("gate allow needs no configuration of a runner: address, mount and token are enough")
{
    VaultThread vault;
    PersonsDesk desk(vault);
    desk.write("config.yml", "state_dir: " + (desk.folder / "state").string() + "\n");
    desk.write("payload.json", payload());
    REQUIRE(desk.run({"gate", "allow", "--payload", (desk.folder / "payload.json").string()}) == 0);
    CHECK_THAT(desk.out, ContainsSubstring("wrote    cicd/" + folder + "/whitelist"));
}
