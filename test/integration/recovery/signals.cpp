#include "test/integration/gate/site.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

bool traced(World& world, std::uint64_t id, const std::string& text)
{
    return world.until(id, [&](const FakeJob& job) { return plain(job.trace).find(text) != std::string::npos; });
}

bool logs(World& world, const std::string& text)
{
    return world.let([&] { return world.runner().log().find(text) != std::string::npos; }, 20s);
}

int ended(World& world, std::chrono::seconds limit)
{
    const bool over = world.let([&] { return !world.runner().running(); }, limit);
    INFO(world.runner().log());
    REQUIRE(over);
    return world.runner().wait(1s);
}

} // namespace

TEST_CASE("SIGQUIT ends a held poll, lets the jobs finish and takes no new ones [JOB-205] [POL-33]")
{
    WorldOptions options;
    options.gitlab.long_poll = 50s;
    World world(options);
    const std::uint64_t first =
        world.gitlab().enqueue(world.job({"echo first-$(echo runs)", "sleep 2", "echo first-ends"}));
    world.start();
    REQUIRE(traced(world, first, "\nfirst-runs"));
    world.runner().signal(SIGQUIT);
    REQUIRE(logs(world, "Stopping: no new jobs"));
    const std::uint64_t second = world.gitlab().enqueue(world.job({"echo second"}));
    CHECK(ended(world, 30s) == 0);
    CHECK(world.gitlab().job(first).state == "success");
    CHECK(world.gitlab().job(first).trace_matches());
    CHECK(world.gitlab().job(second).state == "queued");
    CHECK(objects_of(world).empty());
}

TEST_CASE("SIGTERM interrupts the jobs, says why and leaves nothing [JOB-204] [POL-34] [DK182]")
{
    World world;
    PayloadSpec spec = world.job({"echo it-$(echo runs)", "sleep 600"});
    spec.after_script = {"echo after-$(echo ran)"};
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(traced(world, id, "\nit-runs"));
    world.runner().signal(SIGTERM);
    CHECK(ended(world, 30s) == 0);
    const FakeJob& job = world.gitlab().job(id);
    INFO(plain(job.trace));
    CHECK(job.state == "failed");
    CHECK(job.failure_reason == "runner_interrupted");
    CHECK(plain(job.trace).find("Job failed: aborted: terminated") != std::string::npos);
    CHECK(plain(job.trace).find("after-ran") == std::string::npos);
    CHECK(job.trace_matches());
    CHECK(objects_of(world).empty());
}

TEST_CASE("a second SIGTERM leaves at once, and the next start reports the job [POL-34] [JOB-206]")
{
    World world;
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo it-$(echo runs)", "sleep 600"}));
    world.start();
    REQUIRE(traced(world, id, "\nit-runs"));
    world.gitlab().add_fault({.method = "PUT", .path = "/api/v4/jobs/*", .times = -1, .status = 503});
    world.runner().signal(SIGTERM);
    REQUIRE(logs(world, "Stopping: canceling 1 job(s)"));
    world.runner().signal(SIGTERM);
    CHECK(ended(world, 15s) == 0);
    INFO(world.runner().log());
    CHECK_FALSE(world.gitlab().job(id).finished());
    world.gitlab().clear_faults();
    world.start();
    CHECK(world.finish(id).state == "failed");
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("SIGHUP applies a good configuration and keeps the old one where the new one is wrong [ROT-14]")
{
    World world;
    world.start();
    REQUIRE(logs(world, "Ready: 1 runner(s)"));
    const std::string good = read_text(world.config());
    write_text(world.config(), good + "surprise: 1\nconcurrent: lots\n");
    world.runner().signal(SIGHUP);
    REQUIRE(logs(world, "the runner goes on with the one it has"));
    CHECK(world.runner().log().find("surprise") != std::string::npos);
    CHECK(world.finish(world.job({"echo still-works"})).state == "success");

    std::string changed = good;
    changed.replace(changed.find("concurrent: 4"), 13, "concurrent: 7");
    write_text(world.config(), changed + "    environment: { FROM_RELOAD: \"yes-it-is\" }\n");
    world.runner().signal(SIGHUP);
    REQUIRE(logs(world, "The configuration was reloaded: "));
    const FakeJob job = world.finish(world.job({"echo \"[$FROM_RELOAD]\""}));
    INFO(plain(job.trace) << world.runner().log());
    CHECK(plain(job.trace).find("\n[yes-it-is]\n") != std::string::npos);
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("an entry that a reload replaces gives its networks back once its jobs are over")
{
    World world({.network_mode = "job"});
    CHECK(world.finish(world.job({"echo once"})).state == "success");
    const auto networks = [&] {
        std::vector<std::string> ids;
        for (const std::string& object : objects_of(world))
            if (object.starts_with("network ")) ids.push_back(object);
        return ids;
    };
    REQUIRE(world.let([&] { return !networks().empty(); }, 20s));
    const std::vector<std::string> before = networks();
    write_text(world.config(), read_text(world.config()) + "    environment: { FROM_RELOAD: \"yes\" }\n");
    world.runner().signal(SIGHUP);
    REQUIRE(logs(world, "The configuration was reloaded: "));
    const auto left = [&] {
        const std::vector<std::string> now = networks();
        return std::ranges::any_of(before,
                                   [&](const std::string& id) { return std::ranges::find(now, id) != now.end(); });
    };
    CHECK(world.let([&] { return !left(); }, 30s));
    CHECK(world.finish(world.job({"echo twice"})).state == "success");
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("a job that runs while a reload replaces its entry runs on to its own end")
{
    World world({.network_mode = "job"});
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo first-half", "sleep 4", "echo second-half"}));
    world.start();
    REQUIRE(traced(world, id, "\nfirst-half\n"));
    write_text(world.config(), read_text(world.config()) + "    environment: { FROM_RELOAD: \"yes\" }\n");
    world.runner().signal(SIGHUP);
    REQUIRE(logs(world, "The configuration was reloaded: "));
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace) << world.runner().log());
    CHECK(job.state == "success");
    CHECK(plain(job.trace).find("\nsecond-half\n") != std::string::npos);
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}
