#include "test/integration/cli/desk.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

long polls_of(World& world)
{
    const auto& requests = world.gitlab().server().requests();
    return std::ranges::count_if(requests,
                                 [](const Recorded& request) { return request.path() == "/api/v4/jobs/request"; });
}

void replace(World& world, const std::string& what, const std::string& by)
{
    std::string text = read_text(world.config());
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    write_text(world.config(), text.replace(at, what.size(), by));
}

void reload(World& world, const std::string& expected)
{
    world.runner().signal(SIGHUP);
    REQUIRE(world.let([&] { return world.runner().log().find(expected) != std::string::npos; }, 20s));
}

} // namespace

TEST_CASE("a runner that GitLab refused is asked for again at once after a reload [POL-09] [ROT-13]")
{
    World world;
    world.gitlab().add_fault({.method = "POST", .path = "/api/v4/jobs/request", .times = 3, .status = 403});
    world.start();
    REQUIRE(world.let([&] { return polls_of(world) == 3; }, 20s));
    CHECK_FALSE(world.let([&] { return polls_of(world) > 3; }, 3s)); // asleep for an hour
    reload(world, "nothing changed");
    CHECK(world.let([&] { return polls_of(world) > 3; }, 5s));
    CHECK(world.stop() == 0);
}

TEST_CASE("a shorter check_interval counts at once for an entry that a reload lets stay [ROT-13]")
{
    World world;
    replace(world, "check_interval: 1s", "check_interval: 1h");
    world.start();
    REQUIRE(world.let([&] { return polls_of(world) == 1; }, 20s));
    CHECK_FALSE(world.let([&] { return polls_of(world) > 1; }, 2s));
    replace(world, "check_interval: 1h", "check_interval: 1s");
    reload(world, "changed: check_interval");
    CHECK(world.let([&] { return polls_of(world) > 3; }, 10s));
    CHECK(world.stop() == 0);
}

TEST_CASE("a token that reset-token replaced is in use after a reload")
{
    World world;
    CHECK(world.finish(world.job({"true"})).state == "success");
    const Finished reset = beside(world, {"-c", world.config().string(), "reset-token", "--name", "hardened-1"});
    INFO(reset.out);
    REQUIRE(reset.exit_code == 0);
    CHECK(says(reset, "systemctl reload ysnprunner"));
    reload(world, "runners changed: hardened-1");
    CHECK(world.finish(world.job({"true"})).state == "success");
    reload(world, "nothing changed");
    CHECK(world.stop() == 0);
}
