#include "test/integration/gate/site.h"
#include <catch2/catch_test_macros.hpp>
#include <ctime>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

constexpr long year = 365 * 86'400;

std::string year_in(long seconds)
{
    const std::time_t then = std::time(nullptr) + seconds;
    return std::to_string(std::gmtime(&then)->tm_year + 1900) + "-";
}

} // namespace

TEST_CASE("a wall clock that jumps by a year, ahead and back, ends no job and no wait early or late [AC-L05]")
{
    const TempDir folder;
    const std::filesystem::path clock = folder / "clock";
    write_text(clock, "0");
    World world({.global_yaml = "log: { format: json }\n",
                 .environment = {std::string("LD_PRELOAD=") + YSNP_WALL_CLOCK, "YSNP_TEST_CLOCK=" + clock.string()}});
    PayloadSpec spec = world.job({"echo be''gun", "sleep 4", "echo fin''ished"});
    spec.timeout = 60;
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    const auto traced = [&](const std::string& text) {
        return world.until(id, [&](const FakeJob& job) { return plain(job.trace).find(text) != std::string::npos; });
    };
    REQUIRE(traced("\nbegun\n"));
    write_text(clock, std::to_string(year));
    world.let([] { return false; }, 1s);
    CHECK_FALSE(world.gitlab().job(id).finished());
    write_text(clock, std::to_string(-year));
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace) << world.runner().log());
    CHECK(job.state == "success");
    CHECK(plain(job.trace).find("\nfinished\n") != std::string::npos);
    CHECK(job.trace_matches());
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
    CHECK(world.runner().log().find(year_in(-year)) != std::string::npos); // it did jump
}
