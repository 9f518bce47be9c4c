#include "test/integration/gate/site.h"
#include "test/integration/vault_site.h"
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string project = "acme/tools/hello", folder = project + "/scratch/shared";

/// A real Vault with YSNP v1's documents alone, and a runner that accepts scratch codes, with the rights that
/// `gate policies` prints for it.
struct ScratchSite {
    explicit ScratchSite(const std::string& more = "") : world(vault.world("  v1_scratch: true\n" + more))
    {
        const Finished printed = run_program({"-c", world.config().string(), "gate", "policies", "--output", "json"});
        const json policies = json::parse(printed.out).at("policies");
        for (const json& policy : policies)
            if (policy.at("name") == "ysnp-runner")
                vault.administer("PUT", "sys/policies/acl/ysnp-runner", json{{"policy", policy.at("hcl")}}.dump());
        vault.put("acme/tools/whitelist", "{}");
        vault.put(
            project + "/youshallnotpass_config",
            R"({"jobs":[{"jobName":"user_mfa_job","checks":[{"name":"mfaRequired","options":{"checkType":"script"}}]},
                      {"jobName":"user_mfa_timeout_job","checks":[{"name":"imageHash","options":{"mfaOnFail":true}},
                                                                  {"name":"scriptHash","options":{"mfaOnFail":true}}]}]})");
    }
    /// Waits until the log asks; gives the code's path below the mount.
    std::string asked(std::uint64_t job)
    {
        world.start();
        const bool said = world.until(
            job,
            [](const FakeJob& now) { return words(now.trace).find("delete the scratch code") != std::string::npos; },
            20s);
        INFO(plain(world.gitlab().job(job).trace) << world.runner().log());
        REQUIRE(said);
        const json names = json::parse(vault.administer("GET", "cicd/metadata/" + folder + "?list=true"));
        REQUIRE(names.at("data").at("keys").size() == 1);
        return folder + "/" + names.at("data").at("keys").at(0).get<std::string>();
    }
    bool remains(const std::string& path) { return vault.get_or(path, "none") != "none"; }
    /// Whether anything of codes is left in the project, marks included.
    bool anything_remains()
    {
        const json listed = json::parse(vault.administer("GET", "cicd/metadata/" + project + "?list=true"));
        return listed.at("data").at("keys").dump().find("scratch") != std::string::npos;
    }

    VaultSite vault;
    World world;
};

} // namespace

TEST_CASE("with v1_scratch a job waits until a person deletes its code, then runs; the log warns of that way "
          "[GATE-A3] [AC-A15] [INV-16]")
{
    ScratchSite site;
    site.vault.put(project + "/whitelist", "{}");
    PayloadSpec spec = site.world.job({"echo authorised at last"});
    spec.name = "user_mfa_job";
    const std::uint64_t id = site.world.gitlab().enqueue(spec);
    const std::string code = site.asked(id);
    const json content = json::parse(site.vault.get(code));
    CHECK(content.at("CI/CD pipeline id") == std::to_string(spec.pipeline_id));
    CHECK(content.at("job id") == std::to_string(id));
    CHECK(objects_of(site.world).empty());
    CHECK(requests_beside_api(site.world).empty());
    site.vault.administer("DELETE", "cicd/data/" + code);
    const FakeJob job = site.world.finish(id);
    const std::string log = words(job.trace);
    INFO(log << site.world.runner().log());
    CHECK(job.state == "success");
    CHECK(log.find("authorised at last") != std::string::npos);
    CHECK(log.find("/ui/vault/secrets/cicd/kv/list/" + folder + "/") != std::string::npos);
    CHECK(log.find("gate.v1_scratch is on") != std::string::npos);
    CHECK(job.trace.find(code.substr(code.rfind('/') + 1)) == std::string::npos); // no job may learn the name
    CHECK_FALSE(site.anything_remains());
    CHECK(site.world.runner().log().find("gate.v1_scratch is on") != std::string::npos);
    CHECK(audit_records(site.world, "gate.v1_scratch is on") >= 1);
    CHECK(site.world.stop() == 0);
}

TEST_CASE("nobody deletes the code: the job is refused, the script never runs, the code is removed; so it is where "
          "the job is canceled [GATE-A4] [AC-A16]")
{
    ScratchSite site("  approval: { wait: 7s }\n"); // longer than GitLab waits between two parts of a log
    PayloadSpec spec = approvable(site.world, {"echo never"});
    spec.name = "user_mfa_timeout_job";
    site.vault.put(project + "/whitelist", json{{"allowed_images", {spec.image}}}.dump());
    const std::uint64_t id = site.world.gitlab().enqueue(spec);
    const std::string code = site.asked(id);
    const FakeJob job = site.world.finish(id);
    const std::string log = words(job.trace);
    INFO(log);
    CHECK(job.state == "failed");
    CHECK(job.failure_reason == "script_failure");
    CHECK(log.find("(denied by policy): USR-TIMEOUT") != std::string::npos);
    CHECK(log.find("\nnever\n") == std::string::npos);
    CHECK_FALSE(site.remains(code));
    CHECK_FALSE(site.anything_remains());
    CHECK(objects_of(site.world).empty());

    spec.name = "user_mfa_job";
    const std::uint64_t second = site.world.gitlab().enqueue(spec);
    const std::string other = site.asked(second);
    CHECK(other != code);
    site.vault.administer("DELETE", "cicd/metadata/" + other); // all of it: no deletion by a person shows
    CHECK(site.world.finish(second).state == "failed");

    const std::uint64_t third = site.world.gitlab().enqueue(spec);
    const std::string last = site.asked(third);
    site.world.gitlab().cancel(third);
    CHECK(site.world.finish(third).state == "canceled");
    CHECK_FALSE(site.remains(last));
    CHECK_FALSE(site.anything_remains());
}
