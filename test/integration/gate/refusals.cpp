#include "test/integration/gate/site.h"
#include "test/integration/loopback.h"
#include <catch2/catch_test_macros.hpp>
#include <functional>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

struct Change {
    const char* what;
    const char* code;
    std::function<void(PayloadSpec&)> apply;
};

/// Everything by which somebody could make an approved job do something else.
std::vector<Change> changes()
{
    return {
        {"script line", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.script.back() += " "; }},
        {"line moved", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.script = {"echo approved\necho too"}; }},
        {"variable", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.variables.back().value = "mars"; }},
        {"new variable", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.variables.push_back({"X", "1"});
         }},
        {"variable twice", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.variables.push_back({"WHOM", "venus"});
         }},
        {"predefined name", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.variables.push_back({"CI_PROJECT_PATH", "x/y"});
         }},
        {"after_script", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.after_script = {"echo more"}; }},
        {"hook", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.pre_get_sources = {"echo hook"}; }},
        {"entrypoint", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.entrypoint = {{"/bin/sh", "-c", "evil"}};
         }},
        {"user", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.user = "1000"; }},
        {"another job's name", "SCR-UNLISTED", [](PayloadSpec& spec) { spec.name = "deploy"; }},
        {"another project", "POL-MISSING", [](PayloadSpec& spec) { spec.project_path = "acme/tools/other"; }},
        {"allow_failure", "SCR-UNLISTED",
         [](PayloadSpec& spec) {
             spec.patch = R"({"steps": [{"name": "script", "script": ["echo approved", "echo too"], "timeout": 3600,
                              "when": "on_success", "allow_failure": true}]})";
         }},
        {"image by tag", "IMG-REF", [](PayloadSpec& spec) { spec.image = Registry::here().tag(); }},
        {"another digest", "IMG-UNLISTED",
         [](PayloadSpec& spec) { spec.image = Registry::here().repository() + "@sha256:" + std::string(64, 'a'); }},
        {"unknown field of the image", "PAY-FIELD",
         [](PayloadSpec& spec) { spec.patch = R"({"image": {"runtime": "kata"}})"; }},
    };
}

PayloadSpec base(const World& world)
{
    PayloadSpec spec = world.job_with_sources({"echo approved", "echo too"});
    spec.image = Registry::here().approved();
    spec.variables.push_back({"WHOM", "world"});
    return spec;
}

} // namespace

TEST_CASE("an approved job runs; the same job with anything changed is refused and nothing of it happens "
          "[INV-1] [INV-2] [INV-4] [INV-12] [AC-P12] [AC-P09]")
{
    World world(enforcing());
    allow(world, base(world));
    const EngineWatch watch;
    std::vector<std::uint64_t> ids;
    const std::vector<Change> all = changes();
    for (const Change& change : all) {
        PayloadSpec spec = base(world);
        change.apply(spec);
        ids.push_back(world.gitlab().enqueue(spec));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const FakeJob job = world.finish(ids[i]);
        INFO(all[i].what << "\n" << plain(job.trace));
        CHECK(job.state == "failed");
        CHECK(job.failure_reason == "script_failure");
        CHECK(words(job.trace).find(std::string("Job failed (denied by policy): ") + all[i].code) != std::string::npos);
        CHECK(words(job.trace).find("DENIED") != std::string::npos);
        CHECK(words(job.trace).find("Nothing from this job was executed") != std::string::npos);
        CHECK(audit_records(world, "\"job_id\":" + std::to_string(ids[i])) == 1);
    }
    CHECK(objects_of(world).empty());
    CHECK(watch.seen("label=" + label_of(world)).empty());
    CHECK(requests_beside_api(world).empty());

    const FakeJob job = world.finish(base(world));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(plain(job.trace).find("\napproved\n") != std::string::npos);
    CHECK(words(job.trace).find("ALLOWED") != std::string::npos);
    CHECK_FALSE(watch.seen("label=" + label_of(world)).empty()); // the watch does see what happens
    CHECK_FALSE(requests_beside_api(world).empty());
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("a registry hears of a job only after the gate let it pass [INV-1] [FIN-17]")
{
    need_loopback();
    World world(enforcing());
    HttpServer registry(world.executor(), [](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
        const std::string nothing = json_reply(404, R"({"errors":[{"code":"MANIFEST_UNKNOWN","message":"unknown"}]})");
        co_await peer.send(nothing);
    });
    PayloadSpec spec = world.job({"echo hi"});
    spec.image = "127.0.0.1:" + std::to_string(registry.port()) + "/acme/x@sha256:" + std::string(64, 'b');
    const FakeJob refused = world.finish(spec);
    CHECK(refused.state == "failed");
    CHECK(registry.connections() == 0);
    allow(world, spec);
    const FakeJob passed = world.finish(spec);
    INFO(plain(passed.trace));
    CHECK(passed.failure_reason == "runner_configuration_error");
    CHECK(registry.connections() > 0);
}

TEST_CASE("the decision is durable in the audit chain before anything happens [INV-12] [INV-15]")
{
    World world(enforcing());
    const PayloadSpec spec = approvable(world);
    allow(world, spec);
    const EngineWatch watch;
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    REQUIRE(job.state == "success");
    CHECK(world.stop() == 0);
    const std::string first = watch.seen("label=" + label_of(world) + " --format '{{.TimeNano}}'").at(0);
    const auto decided = std::filesystem::last_write_time(world.audit()).time_since_epoch();
    const auto epoch = std::chrono::file_clock::to_sys(std::filesystem::file_time_type(decided)).time_since_epoch();
    CHECK(std::chrono::duration_cast<std::chrono::nanoseconds>(epoch).count() <= std::stoll(first));
    const Finished verified = run_program({"-c", world.config().string(), "audit", "verify"});
    CHECK(verified.exit_code == 0);
    CHECK(verified.out.find("1 records, chain intact, head 1:") != std::string::npos);
}

TEST_CASE("an image runs by the ID of its approved digest; a tag that moved changes nothing [INV-5] [AC-L01]")
{
    World world(enforcing());
    const std::string tag = Registry::here().repository() + ":moving";
    PayloadSpec spec = approvable(world, {"cat /etc/passwd | head -n1", "sleep 600"});
    spec.image = Registry::here().push("moving", {"LABEL which=first"});
    allow(world, spec);
    const std::string wanted = docker("image inspect --format '{{.Id}}' " + spec.image);
    CHECK(Registry::here().push("moving", {"LABEL which=second", "ENTRYPOINT [\"/bin/false\"]"}) != spec.image);
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(world.until(id, [](const FakeJob& job) { return job.trace.find("root:x:0:0") != std::string::npos; }));
    const std::string container = docker("ps -aq --filter label=" + label_of(world));
    CHECK(docker("inspect --format '{{.Image}} {{.Config.Image}}' " + container) == wanted + " " + wanted);
    world.gitlab().force_cancel(id);
    CHECK(world.finish(id).state == "canceled");
    CHECK(world.stop() == 0);
    docker("image rm -f " + tag + " " + spec.image);
}
