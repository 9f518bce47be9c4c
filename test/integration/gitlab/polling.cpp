#include "test/integration/gate/site.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <set>
#include <unistd.h>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;

long calls_of(World& world, std::string_view path)
{
    const auto& requests = world.gitlab().server().requests();
    return std::ranges::count_if(requests, [&](const Recorded& request) { return request.path() == path; });
}

long polls_of(World& world) { return calls_of(world, "/api/v4/jobs/request"); }

void replace(World& world, const std::string& what, const std::string& by)
{
    std::string text = read_text(world.config());
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    write_text(world.config(), text.replace(at, what.size(), by));
}

} // namespace

TEST_CASE("after a job the next request follows at once, with strict_check_interval after the interval "
          "[POL-27] [POL-28]")
{
    const bool strict = GENERATE(false, true);
    World world({.runner_yaml = strict ? "    strict_check_interval: true\n" : ""});
    replace(world, "check_interval: 1s", strict ? "check_interval: 3s" : "check_interval: 20s");
    for (int i = 0; i < 2; ++i) world.gitlab().enqueue(world.job({"true"}));
    world.start();
    REQUIRE(world.let([&] { return polls_of(world) >= 1; }, 20s));
    const auto first = Clock::now();
    REQUIRE(world.let([&] { return polls_of(world) >= 2; }, 15s));
    if (strict) CHECK(Clock::now() - first > 2500ms);
    CHECK(world.stop() == 0);
}

TEST_CASE("two entries ask in turns, half an interval apart [POL-25]")
{
    WorldOptions options;
    const std::string second = "glrt-" + std::to_string(::getpid()) + "second-entry-aaaa";
    options.gitlab.runner_tokens = {"glrt-" + std::to_string(::getpid()) + "first-entry-bbbbb", second};
    World world(options);
    replace(world, "check_interval: 1s", "check_interval: 2s");
    std::filesystem::create_directory(world.folder() / "runners.d");
    write_text(world.folder() / "runners.d/second.yml", "name: hardened-2\nurl: " + world.gitlab().url() +
                                                            "\ntoken: " + second + "\ndocker: { host: unix://" +
                                                            engine_socket() + ", network_mode: none }\n");
    std::vector<std::pair<Clock::time_point, bool>> asked;
    std::size_t read = 0;
    const auto look = [&] {
        const auto& requests = world.gitlab().server().requests();
        for (; read < requests.size(); ++read)
            if (requests[read].path() == "/api/v4/jobs/request")
                asked.emplace_back(Clock::now(), requests[read].body.find(second) != std::string::npos);
        return asked.size() >= 5;
    };
    world.start();
    REQUIRE(world.let(look, 30s));
    for (std::size_t i = 1; i < asked.size(); ++i) {
        CHECK(asked[i].second != asked[i - 1].second);
        CHECK(asked[i].first - asked[i - 1].first > 400ms);
    }
    CHECK(world.stop() == 0);
}

TEST_CASE("a job that GitLab hands out while the runner stops is run, or goes back to GitLab unacknowledged [POL-35]")
{
    const std::chrono::milliseconds slow = GENERATE(0ms, 300ms);
    World world;
    world.gitlab().add_fault({.method = "POST", .path = "/api/v4/jobs/request", .times = -1, .delay = slow});
    const std::uint64_t id = world.gitlab().enqueue(world.job({"true"}));
    world.start();
    REQUIRE(world.let([&] { return polls_of(world) >= 1; }, 20s));
    CHECK(world.stop() == 0); // SIGQUIT, while the answer is on its way
    const FakeJob& job = world.gitlab().job(id);
    INFO("state " << job.state);
    if (!job.updates.empty())
        CHECK(job.state == "success");
    else
        CHECK((job.state == "queued" || job.state == "waiting")); // GitLab gives it to another runner
    CHECK(objects_of(world).empty());
}

TEST_CASE("a connection to GitLab is used again until it is connection_max_age old [NET-14]")
{
    const bool once = GENERATE(true, false);
    World world({.global_yaml = once ? "connection_max_age: 0s\n" : ""});
    world.start();
    REQUIRE(world.let([&] { return polls_of(world) >= 4; }, 20s));
    std::set<unsigned> connections;
    for (const Recorded& request : world.gitlab().server().requests()) connections.insert(request.connection);
    CHECK((connections.size() >= 4) == once);
}
