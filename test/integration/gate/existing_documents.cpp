#include "test/integration/gate/site.h"
#include "test/integration/vault_site.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using nlohmann::json;

namespace {

constexpr const char* config = R"({"jobs":[
    {"jobName":"automatic_job","checks":[{"name":"imageHash","options":{"abortOnFail":true}},
                                         {"name":"scriptHash","options":{"abortOnFail":true}}]},
    {"jobName":"fail_job","checks":[{"name":"imageHash","options":{"abortOnFail":true}},
                                    {"name":"scriptHash","options":{"abortOnFail":true}}]},
    {"jobName":"default","checks":[{"name":"imageHash","options":{"abortOnFail":true}}]}]})";

/// What a YSNP set-up has in its KV v1 engine: the namespace's whitelist with the image, the project's with the script.
void put_documents(VaultSite& vault)
{
    vault.put("acme/tools/whitelist", json{{"allowed_images", {Registry::here().approved()}}}.dump());
    vault.put("acme/tools/hello/whitelist",
              R"({"allowed_scripts":["automatic_job@sha256:Ij3eYc5EwfiLD6rPw9qFpN82ydukCduG4bUL9ltQDy4="]})");
    vault.put("acme/tools/hello/youshallnotpass_config", config);
}

PayloadSpec job_named(const World& world, const std::string& name)
{
    PayloadSpec spec = world.job({"echo 'this is the automated job and should be run automatically'"});
    spec.name = name;
    spec.image = Registry::here().approved();
    return spec;
}

} // namespace

TEST_CASE("documents of YSNP in a real Vault let their jobs run, and no others [GATE-A1] [GATE-A2] [GATE-A7] [GATE-A8]")
{
    VaultSite vault(1);
    put_documents(vault);
    World world(vault.world("  legacy_script_hash: true\n"));
    const FakeJob passed = world.finish(job_named(world, "automatic_job"));
    INFO(plain(passed.trace));
    CHECK(passed.state == "success");
    CHECK(plain(passed.trace).find("\nthis is the automated job and should be run automatically\n") !=
          std::string::npos);
    CHECK(words(passed.trace).find("automatic_job@ysnp2:") != std::string::npos); // how to go over to the new digest
    const FakeJob other_name = world.finish(job_named(world, "fail_job"));
    CHECK(words(other_name.trace).find("SCR-UNLISTED") != std::string::npos);
    PayloadSpec changed = job_named(world, "automatic_job");
    changed.script[0] += "; id";
    PayloadSpec image = job_named(world, "automatic_job");
    image.image = Registry::here().repository() + "@sha256:" + std::string(64, 'e');
    for (const auto& [spec, code] : {std::pair(changed, "SCR-UNLISTED"), {image, "IMG-UNLISTED"}}) {
        const FakeJob refused = world.finish(spec);
        INFO(plain(refused.trace));
        CHECK(refused.state == "failed");
        CHECK(words(refused.trace).find(code) != std::string::npos);
        CHECK(plain(refused.trace).find("\nthis is the automated job") == std::string::npos);
    }
}

TEST_CASE("without legacy_script_hash a v1 hash lets nothing run, and the log says what to list instead [GATE-A1]")
{
    VaultSite vault(1);
    put_documents(vault);
    World world(vault.world());
    const FakeJob refused = world.finish(job_named(world, "automatic_job"));
    INFO(plain(refused.trace));
    CHECK(refused.state == "failed");
    CHECK(words(refused.trace).find("automatic_job@ysnp2:") != std::string::npos);
    CHECK(objects_of(world).empty());
}
