#include "test/integration/gate/site.h"
#include "test/integration/vault_site.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

/// A policy that lists the job, at Vault.
void list(VaultSite& vault, World& world, PayloadSpec spec)
{
    spec.id = 1;
    spec.token = "glcbt-of-nobody";
    spec.server_url = world.gitlab().url();
    write_text(world.folder() / "payload.json", make_payload(spec));
    const std::string author = vault.person("paul", R"(path "cicd/data/*" { capabilities = ["read"] })");
    const Finished printed = run_program({"-c", world.config().string(), "digest", "--payload",
                                          (world.folder() / "payload.json").string(), "--output", "json"},
                                         {"VAULT_TOKEN=" + author});
    INFO(printed.out << printed.err);
    REQUIRE(printed.exit_code == 0);
    const std::string digest = json::parse(printed.out).at("digest");
    vault.put("acme/tools/hello/whitelist", json{{"allowed_scripts", {spec.name + "@" + digest}}}.dump());
    vault.put("acme/tools/hello/ysnp_policy", R"({"version":1,"jobs":{"default":{"checks":[{"name":"scriptHash"}]}}})");
}

/// Puts a response-wrapping token in place of the secret id that the world's configuration names.
void wrap_secret_id(VaultSite& vault, World& world)
{
    const std::string key = "secret_id_file: ";
    std::string text = read_text(world.config());
    const std::size_t at = text.find(key), begin = at + key.size();
    write_text(text.substr(begin, text.find(' ', begin) - begin),
               vault.wrapped("auth/approle/role/ysnp-runner/secret-id"));
    write_text(world.config(), text.insert(at, "secret_id_wrapped: true, "));
}

/// Waits for the program's end; gives its exit code.
int end_of(World& world)
{
    const bool ended = world.let([&] { return !world.runner().running(); }, 20s);
    INFO(world.runner().log());
    REQUIRE(ended);
    return world.runner().wait(1s);
}

} // namespace

TEST_CASE("a runner whose login could write policy does not start, and says which path to close [AC-A12]")
{
    VaultSite vault;
    World world(vault.world());
    vault.administer("PUT", "sys/policies/acl/too-much",
                     json{{"policy", "path \"cicd/data/+/+/whitelist\" { capabilities = [\"update\"] }"}}.dump());
    vault.administer("POST", "auth/approle/role/ysnp-runner", R"({"token_policies":"ysnp-runner,too-much"})");
    world.start();
    CHECK(end_of(world) == 1);
    const std::string log = world.runner().log();
    CHECK(log.find("it could write policy documents") != std::string::npos);
    CHECK(log.find("path \"cicd/data/ysnprunner-sample/ysnprunner-sample/whitelist\"") != std::string::npos);
    CHECK(audit_records(world, "\"kind\":\"alarm\"") == 1);
    CHECK(audit_records(world, "VLT-CAPS") == 1);
    CHECK(world.gitlab().server().requests().empty()); // it never asked for a job
}

TEST_CASE("a policy that was brought back from an older state refuses until the host's operator accepts it [AC-A22]")
{
    VaultSite vault;
    World world(vault.world());
    PayloadSpec spec = world.job({"echo listed"});
    list(vault, world, spec);
    list(vault, world, spec); // version 2 of each
    CHECK(world.finish(spec).state == "success");
    vault.administer("DELETE", "cicd/metadata/acme/tools/hello/whitelist");
    list(vault, world, spec); // version 1 again
    const FakeJob refused = world.finish(spec);
    CHECK(refused.state == "failed");
    CHECK(words(refused.trace).find("POL-STALE") != std::string::npos);
    CHECK(words(refused.trace).find("accept-rollback") != std::string::npos);
    const Finished accepted =
        run_program({"-c", world.config().string(), "gate", "accept-rollback", "cicd/acme/tools/hello/whitelist"});
    INFO(accepted.err);
    CHECK(accepted.exit_code == 0);
    CHECK(world.finish(spec).state == "success");
}

TEST_CASE("what a killed runner did not anchor is anchored by the next start, and a shorter chain then shows [AC-L12]")
{
    VaultSite vault;
    World world(vault.world());
    const PayloadSpec spec = world.job({"echo refused"});
    world.finish(spec); // no policy: refused, and anchored
    world.runner().signal(SIGKILL);
    world.runner().wait(5s);
    std::string id = read_text(world.state() / ".runner_system_id");
    id.resize(id.find('\n'));
    vault.administer("DELETE", "cicd/metadata/ysnprunner/audit/" + id); // as if the kill had come before
    world.start();
    vault.administer("GET", "cicd/data/ysnprunner/audit/" + id); // repeats until it is there
    CHECK(world.stop() == 0);
    const Finished verified = run_program({"-c", world.config().string(), "audit", "verify"});
    INFO(verified.out << verified.err);
    CHECK(verified.exit_code == 0);
    CHECK(verified.out.find("anchored by host") != std::string::npos);
    write_text(world.audit(), "", 0640); // an empty file in its place
    world.start();
    CHECK(end_of(world) == 1);
    CHECK(world.runner().log().find("the anchored record is not in the chain") != std::string::npos);
}

TEST_CASE("a wrapped secret id serves one start; the next one finds it used, which is an alarm [AC-A13]")
{
    VaultSite vault;
    World world(vault.world());
    const PayloadSpec spec = world.job({"echo by a wrapped secret id"});
    list(vault, world, spec); // before: no command unwraps what the service needs
    wrap_secret_id(vault, world);
    CHECK(world.finish(spec).state == "success");
    CHECK(world.stop() == 0);
    world.start();
    CHECK(world.runner().says("possibly stolen", 10s));
    const FakeJob refused = world.finish(spec);
    CHECK(refused.state == "failed");
    CHECK(words(refused.trace).find("VLT-AUTH") != std::string::npos);
    CHECK(audit_records(world, "\"kind\":\"alarm\"") == 1);
    CHECK(audit_records(world, "possibly stolen") >= 1);
}
