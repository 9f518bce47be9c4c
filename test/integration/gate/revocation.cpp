#include "test/integration/gate/site.h"
#include "test/integration/vault_site.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

/// A real Vault that lets two jobs run, and a runner with a place for both.
struct RevocableSite {
    explicit RevocableSite(const std::string& more = "") : world(vault.world(more, two_places()))
    {
        vault.put("acme/tools/hello/ysnp_policy",
                  R"({"version":1,"jobs":{"say-hello":{"checks":[{"name":"dateTimeCheck","scale":"daily"}]}}})");
    }
    static WorldOptions two_places()
    {
        WorldOptions options;
        options.concurrent = 2;
        return options;
    }
    /// A job that sleeps.
    std::uint64_t running(const std::string& time)
    {
        PayloadSpec spec = world.job({"sleep " + time, "echo awake again"});
        spec.after_script = {"echo tidied up"};
        const std::uint64_t id = world.gitlab().enqueue(spec);
        world.keep_running();
        const bool runs = world.until(
            id, [](const FakeJob& job) { return words(job.trace).find("$ sleep") != std::string::npos; }, 30s);
        INFO(plain(world.gitlab().job(id).trace) << world.runner().log());
        REQUIRE(runs);
        return id;
    }
    void revoke_tokens() { vault.administer("POST", "sys/leases/revoke-prefix/auth/approle", "{}"); }
    FakeJob another() { return world.finish(world.job({"echo another"})); }

    VaultSite vault;
    World world;
};

} // namespace

TEST_CASE("a job that runs is stopped when Vault takes the runner's login back, not when only its token is gone "
          "[AC-A14]")
{
    RevocableSite site;
    const std::uint64_t id = site.running("120");
    site.revoke_tokens();
    CHECK(site.another().state == "success"); // by a new login
    CHECK_FALSE(site.world.gitlab().job(id).finished());
    site.vault.administer("DELETE", "auth/approle/role/ysnp-runner");
    site.revoke_tokens();
    const FakeJob refused = site.another();
    CHECK(words(refused.trace).find("VLT-AUTH") != std::string::npos);
    const FakeJob stopped = site.world.finish(id);
    const std::string log = words(stopped.trace);
    INFO(log << site.world.runner().log());
    CHECK(stopped.state == "failed");
    CHECK(stopped.failure_reason == "runner_system_failure");
    CHECK(log.find("VLT-AUTH: the policy store has taken the runner's login back: Vault http://") != std::string::npos);
    CHECK(log.find("awake again") == std::string::npos);
    CHECK(log.find("tidied up") == std::string::npos);
    CHECK(audit_records(site.world, "\"kind\":\"stop\"") == 1);
    CHECK(site.world.stop() == 0);
    CHECK(objects_of(site.world).empty());
}

TEST_CASE("with on_revoke: finish a job that runs comes to its end whatever becomes of the login [AC-A14]")
{
    RevocableSite site("    on_revoke: finish\n");
    const std::uint64_t id = site.running("3");
    site.vault.administer("DELETE", "auth/approle/role/ysnp-runner");
    site.revoke_tokens();
    CHECK(site.another().state == "failed");
    const FakeJob job = site.world.finish(id);
    CHECK(job.state == "success");
    CHECK(words(job.trace).find("tidied up") != std::string::npos);
}
