#include "test/integration/approvals/desk.h"
#include "test/integration/cli/desk.h"
#include "vault/client.h"
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <nlohmann/json.hpp>

/// What KV v1 does otherwise: no check-and-set, no versions, other paths in ACL policies.
using namespace ysnp::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

const std::string project = "acme/tools/hello";

Finished as_person(VaultSite& vault, const std::string& token, std::vector<std::string> arguments)
{
    arguments.insert(arguments.end(), {"--mount", "cicd", "--project", project});
    return run_program(arguments, {"VAULT_TOKEN=" + token, "VAULT_ADDR=" + vault.url()});
}

std::string tomorrow()
{
    const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now()) + std::chrono::days(1);
    const std::chrono::year_month_day date(day);
    char text[16];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
    return text;
}

boost::asio::awaitable<void> remove_as(std::string url, std::string token, std::string path)
{
    ysnp::vault::Options options;
    options.address = std::move(url);
    options.mount = "cicd";
    options.auth.method = ysnp::vault::Auth::Method::token;
    options.auth.token = [token] { return ysnp::Secret(token); };
    options.auth.described = "a person's token";
    const auto executor = co_await boost::asio::this_coro::executor;
    ysnp::vault::Client client(executor, std::move(options));
    co_await client.remove(std::move(path), ysnp::in(20s));
}

/// Names in a folder below the mount.
std::string names_in(VaultSite& vault, const std::string& folder)
{
    return json::parse(vault.administer("GET", "cicd/" + folder + "?list=true")).at("data").at("keys").dump();
}

} // namespace

TEST_CASE("on KV v1 people look, approve until a day and deny by the commands, and uses are counted [AC-L09]")
{
    ApprovalDesk desk(R"({"quorum":1,"valid_for":3600,"max_uses":1})", "", 1);
    const std::string eve = desk.vault().person("eve", desk.vault().printed_acl("ysnp-approver")),
                      paul = desk.vault().person("paul", desk.vault().printed_acl("ysnp-developer"));
    const std::uint64_t first = desk.queue_waiting(desk.deploy());
    const std::string request = desk.request_of(first), used = project + "/approvals/" + request + "/used/";
    const Finished listed = as_person(desk.vault(), paul, {"gate", "pending"});
    INFO(listed.out << listed.err);
    CHECK(says(listed, request));
    const Finished shown = as_person(desk.vault(), eve, {"gate", "show", request});
    INFO(shown.out << shown.err);
    CHECK(says(shown, "-| echo deployed by $CI_JOB_NAME\n"));
    const std::vector<std::string> approve{"gate", "approve", request, "--reason", "CHG-1", "--until", tomorrow()};
    CHECK(as_person(desk.vault(), paul, approve).exit_code == 4);
    const Finished approved = as_person(desk.vault(), eve, approve);
    INFO(approved.out << approved.err);
    REQUIRE(approved.exit_code == 0);
    CHECK(desk.world().finish(first).state == "success");
    CHECK(desk.vault().get_or(used + "1", "none") == "none");
    CHECK(desk.world().finish(desk.deploy()).state == "success"); // served by what eve said
    CHECK(desk.vault().get_or(used + "1", "none").find("job_id") != std::string::npos);

    const std::uint64_t third = desk.queue_waiting(desk.deploy());
    CHECK(desk.log_says(third, "it has served 1 jobs, policy's max_uses is 1"));
    const Finished denied =
        as_person(desk.vault(), eve, {"gate", "deny", desk.request_of(third), "--reason", "no more"});
    INFO(denied.out << denied.err);
    CHECK(denied.exit_code == 0);
    const FakeJob refused = desk.world().finish(third);
    CHECK(refused.state == "failed");
    CHECK(words(refused.trace).find("denied by eve: no more") != std::string::npos);
    CHECK_FALSE(desk.stands(desk.request_of(third)));
    CHECK(desk.world().stop() == 0);
}

TEST_CASE("on KV v1 gate allow adds to what is there, and a person who removes a scratch code lets the job run "
          "[GATE-A3]")
{
    VaultSite vault(1);
    World world(vault.world("  v1_scratch: true\n"));
    const std::string acl = vault.printed_acl("ysnp-runner", {"-c", world.config().string()});
    vault.administer("PUT", "sys/policies/acl/ysnp-runner", json{{"policy", acl}}.dump());
    vault.put("acme/tools/whitelist", R"({"comment":"KV v1 keeps no empty document"})");
    vault.put(project + "/whitelist", R"({"comment":"ours"})");
    vault.put(project + "/youshallnotpass_config",
              R"({"jobs":[{"jobName":"deploy","checks":[{"name":"mfaRequired","options":{"checkType":"script"}},
                                                        {"name":"scriptHash","options":{"abortOnFail":true}}]}]})");
    PayloadSpec spec = world.job({"echo authorised at last"});
    spec.name = "deploy";
    const std::string payload = (world.folder() / "payload.json").string(),
                      paul = vault.person("paul", vault.printed_acl("ysnp-author"));
    PayloadSpec draft = spec;
    draft.id = 1;
    draft.token = "glcbt-of-nobody";
    draft.server_url = world.gitlab().url();
    write_text(payload, make_payload(draft));
    const Finished allowed =
        run_program({"-c", world.config().string(), "gate", "allow", "--payload", payload}, {"VAULT_TOKEN=" + paul});
    INFO(allowed.out << allowed.err);
    REQUIRE(allowed.exit_code == 0);
    CHECK(json::parse(vault.get(project + "/whitelist")).at("comment") == "ours");
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.keep_running();
    const bool asked = world.until(
        id, [](const FakeJob& job) { return words(job.trace).find("delete the scratch code") != std::string::npos; },
        20s);
    INFO(plain(world.gitlab().job(id).trace) << world.runner().log());
    REQUIRE(asked);
    const json codes = json::parse(names_in(vault, project + "/scratch/shared"));
    REQUIRE(codes.size() == 1);
    const std::string code = project + "/scratch/shared/" + codes.at(0).get<std::string>();
    CHECK(json::parse(vault.get(code)).at("job id") == std::to_string(id));
    CHECK(objects_of(world).empty());
    const std::string eve = vault.person("eve", vault.printed_acl("ysnp-approver", {"-c", world.config().string()}));
    boost::asio::io_context io;
    run(io, remove_as(vault.url(), eve, code));
    CHECK(world.finish(id).state == "success");
    CHECK(names_in(vault, project).find("scratch") == std::string::npos); // its mark neither
    CHECK(world.stop() == 0);
}
