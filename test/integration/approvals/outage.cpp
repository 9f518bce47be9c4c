#include "test/double/fake_vault.h"
#include "test/integration/gate/site.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

using nlohmann::json;

const std::string project = "acme/tools/hello";

WorldOptions with_vault()
{
    WorldOptions options;
    options.learn = false;
    options.gate_yaml =
        "gate:\n  store: vault\n  vault:\n    address: VAULT\n    mount: cicd\n    timeout: 2s\n"
        "    auth: { method: approle, role_id_file: FOLDER/role-id, secret_id_file: FOLDER/secret-id }\n";
    return options;
}

void fill_in(std::string& text, const std::string& name, const std::string& value)
{
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
        text.replace(at, name.size(), value);
}

/// A scripted Vault whose policy wants a person for every job, and a runner on it.
struct Station {
    Station() : world(with_vault()), vault(world.executor())
    {
        write_text(world.folder() / "role-id", "role-id-of-runner");
        write_text(world.folder() / "secret-id", "secret-id-of-runner");
        std::string config = read_text(world.config());
        fill_in(config, "VAULT", vault.url());
        fill_in(config, "FOLDER", world.folder().string());
        write_text(world.config(), config);
        vault.put(project + "/ysnp_policy",
                  R"({"version":1,"jobs":{"default":{"checks":[{"name":"mfaRequired"}],"approval":{"quorum":1}}}})");
        vault.put_identity("entity/id/e-bob",
                           R"({"id":"e-bob","name":"bob","disabled":false,"aliases":[],"group_ids":[]})");
    }
    bool says(std::uint64_t job, const std::string& text)
    {
        const bool said = world.until(
            job, [&](const FakeJob& now) { return plain(now.trace).find(text) != std::string::npos; }, 20s);
        UNSCOPED_INFO(plain(world.gitlab().job(job).trace) << world.runner().log());
        return said;
    }
    /// The body of the newest request for approval that was written.
    json written()
    {
        json newest;
        for (const Recorded& request : vault.server().requests())
            if (request.method == "POST" && request.path().ends_with("/request"))
                newest = json::parse(request.body).at("data");
        return newest;
    }
    void approve(std::uint64_t job)
    {
        const json asked = written();
        const std::string id = std::to_string(job) + "-" + asked.at("digest").get<std::string>().substr(6, 12);
        const json record{{"digest", asked.at("digest")},
                          {"nonce", asked.at("nonce")},
                          {"decision", "approve"},
                          {"scope", "once"},
                          {"reason", "fine"}};
        vault.put(project + "/approvals/" + id + "/approved/e-bob", record.dump());
    }

    World world;
    FakeVault vault;
};

} // namespace

TEST_CASE("a store that goes away while a job waits, and a kill before the request stands, start nothing "
          "[AC-A01] [AC-A26] [INV-11]")
{
    Station station;
    station.vault.add_fault({.method = "POST", .path = "*/request", .times = 1, .cut = Fault::Cut::after_request});
    station.vault.add_fault({.path = "*/request", .times = -1, .status = 503, .body = R"({"errors":["down"]})"});
    const std::uint64_t id = station.world.gitlab().enqueue(station.world.job({"echo at last"}));
    station.world.start();
    REQUIRE(station.says(id, "The policy store gives no answer that counts"));
    station.world.runner().signal(SIGKILL);
    CHECK(station.world.runner().wait(10s) == 128 + SIGKILL);
    station.vault.clear_faults();
    station.world.start(); // the request was written, but its answer was lost: the same one stands
    REQUIRE(station.says(id, "Waiting for approval: request "));
    station.vault.add_fault({.path = "*/approved", .times = -1, .status = 503, .body = R"({"errors":["down"]})"});
    station.approve(id);
    REQUIRE(station.says(id, "/approved: status 503"));
    CHECK_FALSE(station.world.gitlab().job(id).finished());
    CHECK(objects_of(station.world).empty());
    station.vault.clear_faults();
    const FakeJob job = station.world.finish(id);
    const std::string log = plain(job.trace);
    INFO(log);
    CHECK(job.state == "success");
    CHECK(log.find("\nat last\n") != std::string::npos);
    CHECK(audit_records(station.world, "\"kind\":\"start\"") == 1);
    CHECK(station.world.stop() == 0);
}
