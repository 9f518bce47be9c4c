#include "test/integration/gate/site.h"
#include "test/integration/loopback.h"
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <functional>
#include <unistd.h>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

int count(const std::string& text, const std::string& part)
{
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

void kill_runner(World& world)
{
    world.runner().signal(SIGKILL);
    CHECK(world.runner().wait(10s) == 128 + SIGKILL);
    world.let([] { return false; }, 1s); // what GitLab has got already meets the faults that are still set
}

struct End {
    std::string state, failure_reason;
    int exit_code = 0;
    std::string said; // in the job's log
};

/// After a kill: the next start reports the job and removes what it left; after a graceful stop nothing is there.
void recovers(World& world, std::uint64_t id,
              const End& end = {"failed", "runner_system_failure", 0,
                                "Job failed (system failure): the runner was stopped"})
{
    world.gitlab().clear_faults();
    world.start();
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace));
    CHECK(job.state == end.state);
    CHECK(job.failure_reason == end.failure_reason);
    CHECK(job.exit_code.value_or(0) == end.exit_code);
    CHECK(plain(job.trace).find(end.said) != std::string::npos);
    const std::string reported = "A job that an earlier run left behind was reported: ";
    CHECK(world.let([&] { return world.runner().log().find(reported) != std::string::npos; }, 20s));
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
    world.start();
    CHECK(world.let([&] { return count(world.runner().log(), "Ready: 1 runner(s)") == 3; }, 20s));
    CHECK(world.stop() == 0);
    CHECK(count(world.runner().log(), reported) == 1); // the journal was closed
    CHECK(std::filesystem::is_empty(world.runtime() / "secrets"));
}

bool traced(World& world, std::uint64_t id, const std::string& text)
{
    return world.until(id, [&](const FakeJob& job) { return plain(job.trace).find(text) != std::string::npos; });
}

} // namespace

TEST_CASE("killed before GitLab has taken its acknowledgement, the runner reports the job after a restart "
          "[JOB-206] [AC-L03] [INV-15]")
{
    World world;
    world.gitlab().add_fault(
        {.method = "PUT", .path = "/api/v4/jobs/*", .times = -1, .cut = Fault::Cut::before_request});
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo never"}));
    world.start();
    const auto put = [&] {
        for (const Recorded& request : world.gitlab().server().requests()) {
            if (request.method == "PUT") return true;
        }
        return false;
    };
    REQUIRE(world.let(put, 20s));
    kill_runner(world);
    recovers(world, id);
    CHECK(plain(world.gitlab().job(id).trace).find("never") == std::string::npos);
}

TEST_CASE("killed before GitLab has heard that a job cannot be read, the runner reports it after a restart [AC-L03]")
{
    World world;
    PayloadSpec spec = world.job({"echo never"});
    spec.patch = R"({"git_info": {"depth": "twenty"}})";
    world.gitlab().add_fault({.method = "PUT", .path = "/api/v4/jobs/*", .skip = 1, .times = -1, .status = 503});
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(world.until(id, [](const FakeJob& job) { return !job.updates.empty(); }));
    world.let([] { return false; }, 1s); // its end is in the journal
    kill_runner(world);
    recovers(world, id, {"failed", "script_failure", 0, "The runner was stopped after the job's end"});
}

TEST_CASE("killed while an image is pulled, the runner reports the job after a restart [JOB-206] [AC-L03] [DK181]")
{
    need_loopback();
    World world;
    HttpServer registry(world.executor(), [](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
        co_await peer.closed(ysnp::in(60s));
    });
    PayloadSpec spec = world.job({"echo never"});
    spec.image = "127.0.0.1:" + std::to_string(registry.port()) + "/acme/slow:1";
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(world.let([&] { return registry.connections() > 0; }, 30s));
    kill_runner(world);
    registry.stop();
    recovers(world, id, {"failed", "runner_system_failure", 0, "nothing of it has run"});
}

TEST_CASE("killed while sources are fetched, the runner reports the job after a restart [JOB-206] [AC-L03] [DK181]")
{
    World world;
    world.gitlab().add_fault({.path = "*/info/refs", .times = -1, .delay = 60s});
    const std::uint64_t id = world.gitlab().enqueue(world.job_with_sources({"echo never"}));
    world.start();
    REQUIRE(world.let([&] { return !requests_beside_api(world).empty(); }, 30s));
    kill_runner(world);
    recovers(world, id);
}

TEST_CASE("killed during a script or after_script, the runner removes the container after a restart and runs nothing "
          "twice [JOB-206] [AC-L03] [DK181] [INV-9]")
{
    World world({.network_mode = "job"});
    const bool in_script = GENERATE(true, false);
    PayloadSpec spec = world.job({in_script ? "echo in-the-$(echo script); sleep 600" : "true"});
    spec.after_script = {"echo in-the-$(echo after); sleep 600"};
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(traced(world, id, in_script ? "\nin-the-script" : "\nin-the-after"));
    CHECK_FALSE(objects_of(world).empty());
    world.let([] { return false; }, 1s); // the journal has got how far the log is
    const unsigned sent = world.gitlab().job(id).patches;
    kill_runner(world);
    recovers(world, id, {"failed", "runner_system_failure", 0, "the runner was stopped while the job ran"});
    CHECK(count(plain(world.gitlab().job(id).trace), "\nin-the-after") == (in_script ? 0 : 1));
    CHECK(world.gitlab().job(id).patches == sent + 1); // the reason, at its place at once
}

TEST_CASE(
    "what the job of a runner left that is not configured any more goes after a crash, and its row in the journal")
{
    const std::string own = "glrt-" + std::to_string(::getpid()), gone = own + "gone-aaaaaaaaaaaa",
                      other = own + "other-bbbbbbbbbbb";
    WorldOptions options;
    options.gitlab.runner_tokens = {gone, other};
    World world(options);
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo in-the-$(echo script); sleep 600"}));
    world.start();
    REQUIRE(traced(world, id, "\nin-the-script"));
    const std::string label = label_of(world);
    const auto left = [&] { return docker("ps -aq --filter label=" + label); };
    kill_runner(world);
    REQUIRE_FALSE(left().empty());
    std::string text = read_text(world.config());
    write_text(world.folder() / "token", other + "\n");
    text.replace(text.find("hardened-1"), 10, "hardened-2");
    write_text(world.config(), text);
    const std::string said = "which the configuration does not have any more";
    world.start();
    CHECK(world.let([&] { return left().empty(); }, 20s));
    const FakeJob job = world.finish(id); // by its own token, through the other runner of its GitLab
    CHECK(job.state == "failed");
    CHECK(plain(job.trace).find("the runner was stopped while the job ran") != std::string::npos);
    CHECK(world.stop() == 0);
    world.start();
    CHECK(world.let([&] { return count(world.runner().log(), "Ready: 1 runner(s)") == 3; }, 20s));
    CHECK(world.stop() == 0);
    INFO(world.runner().log());
    CHECK(count(world.runner().log(), said) == 1);
}

TEST_CASE("a job whose GitLab no entry is at any more is reported once one is again [AC-L03]")
{
    World world;
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo in-the-$(echo script); sleep 600"}));
    world.start();
    REQUIRE(traced(world, id, "\nin-the-script"));
    kill_runner(world);
    const std::string text = read_text(world.config()), here = "url: http://127.0.0.1:";
    std::string elsewhere = text;
    REQUIRE(elsewhere.find(here) != std::string::npos);
    elsewhere.replace(elsewhere.find(here), here.size(), "url: http://localhost:"); // another origin
    write_text(world.config(), elsewhere);
    world.start();
    CHECK(world.let([&] { return objects_of(world).empty(); }, 20s));
    CHECK(world.runner().log().find("its end is reported once a runner of ") != std::string::npos);
    CHECK(world.stop() == 0);
    CHECK_FALSE(world.gitlab().job(id).finished());
    write_text(world.config(), text);
    world.start();
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace));
    CHECK(job.state == "failed");
    CHECK(job.failure_reason == "runner_system_failure");
    CHECK(plain(job.trace).find("Job failed (system failure): the runner was stopped") != std::string::npos);
    CHECK(world.stop() == 0);
    CHECK(std::filesystem::is_empty(world.runtime() / "secrets")); // the journal was closed
}

TEST_CASE(
    "after a crash a container that only looks like ours is removed too, named in the log and an alarm in the audit "
    "chain; the dead job's own is no alarm [AC-L06]")
{
    World world;
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo in-the-$(echo script); sleep 600"}));
    world.start();
    REQUIRE(traced(world, id, "\nin-the-script"));
    const std::string own = objects_of(world).at(0).substr(std::string("container ").size());
    kill_runner(world);
    const std::string system = docker("inspect --format '{{index .Config.Labels \"ysnp.system\"}}' " + own);
    const std::string planted = "planted-" + system;
    docker("create --name " + planted + " --label " + label_of(world) + " --label ysnp.system=" + system + " " +
           busybox + " sleep 600");
    world.start();
    CHECK(world.let([&] { return objects_of(world).empty(); }, 30s));
    CHECK(world.stop() == 0);
    const std::string log = world.runner().log();
    INFO(log);
    CHECK(log.find("container " + planted + " (") != std::string::npos);
    CHECK(count(log, "carries this runner's labels") == 1);
    CHECK(audit_records(world, "\"kind\":\"alarm\"") == 1);
}

TEST_CASE("killed while the result is reported, the runner gives the job the end that it had after a restart "
          "[JOB-206] [AC-L03]")
{
    const bool succeeds = GENERATE(true, false);
    const std::string said = "The runner was stopped after the job's end and before GitLab heard of it";
    World world;
    world.gitlab().add_fault(
        {.method = "PUT", .path = "/api/v4/jobs/*", .skip = 1, .times = -1, .cut = Fault::Cut::before_request});
    const std::uint64_t id = world.gitlab().enqueue(world.job({succeeds ? "echo done" : "exit 3"}));
    world.start();
    REQUIRE(traced(world, id, succeeds ? "Job succeeded" : "Job failed: exit code 3"));
    kill_runner(world);
    recovers(world, id, succeeds ? End{"success", "", 0, said} : End{"failed", "script_failure", 3, said});
}

TEST_CASE("where the Engine comes up after the runner, a dead job's leftovers go then, before a job is asked for "
          "[AC-L03] [INV-15]")
{
    const TempDir folder;
    const auto engine = folder / "engine.sock";
    const auto comes_up = [&] { std::filesystem::create_symlink(engine_socket(), engine); };
    comes_up();
    World world({.network_mode = "job", .engine = engine.string()});
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo in-the-$(echo script); sleep 600"}));
    world.start();
    REQUIRE(traced(world, id, "\nin-the-script"));
    kill_runner(world);
    std::filesystem::remove(engine);
    const std::uint64_t next = world.gitlab().enqueue(world.job({"echo still-fine"}));
    world.start();
    const auto says = [&](const std::string& text) { return world.runner().log().find(text) != std::string::npos; };
    CHECK(world.let([&] { return says("until it answers, no job is asked for"); }, 20s));
    world.let([] { return false; }, 2s);
    CHECK(world.gitlab().job(next).state == "queued");
    CHECK_FALSE(objects_of(world).empty());
    comes_up();
    CHECK(world.finish(next).state == "success");
    CHECK(world.gitlab().job(id).failure_reason == "runner_system_failure");
    CHECK(says("The Engine answers; jobs are asked for"));
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}
