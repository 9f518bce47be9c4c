#include "runner/state/sqlite.h"
#include "test/integration/gate/site.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <csignal>
#include <unistd.h>

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

auto polls(World& world)
{
    const auto& requests = world.gitlab().server().requests();
    return std::count_if(requests.begin(), requests.end(),
                         [](const Recorded& request) { return request.path() == "/api/v4/jobs/request"; });
}

std::ptrdiff_t open_files(const World& world, pid_t pid)
{
    (void)world;
    return std::distance(std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"), {});
}

/// A container of somebody else; removed with the object.
struct Foreign {
    explicit Foreign(const std::string& labels) : id(docker("create " + labels + " " + std::string(busybox) + " true"))
    {
    }
    ~Foreign() { docker("rm -f " + id); }
    std::string id;
};

} // namespace

TEST_CASE("two runners on one host leave each other's objects alone, also when one crashes and cleans up "
          "[DK183] [DK184] [AC-D08] [AC-D15]")
{
    World here, there;
    const std::uint64_t id = here.gitlab().enqueue(here.job({"echo here-$(echo runs)", "sleep 5", "echo here-ends"}));
    here.start();
    REQUIRE(traced(here, id, "\nhere-runs"));
    const Foreign other_system("--label ysnp.system=s_000000000000 --label " + label_of(there));
    const Foreign unlabelled("--label com.gitlab.gitlab-runner.managed=true");
    const std::uint64_t lost = there.gitlab().enqueue(there.job({"echo there-$(echo runs)", "sleep 600"}));
    there.start();
    REQUIRE(traced(there, lost, "\nthere-runs"));
    there.runner().signal(SIGKILL);
    (void)there.runner().wait(10s);
    there.start();
    CHECK(there.finish(lost).state == "failed");
    CHECK(there.stop() == 0);
    CHECK(here.finish(id).state == "success");
    CHECK(docker("ps -aq --no-trunc --filter id=" + other_system.id) == other_system.id);
    CHECK(docker("ps -aq --no-trunc --filter id=" + unlabelled.id) == unlabelled.id);
    CHECK(here.stop() == 0);
    CHECK(objects_of(here).empty());
    CHECK(objects_of(there) ==
          std::vector<std::string>{"container " + docker("inspect --format '{{slice .Name 1}}' " + other_system.id)});
}

TEST_CASE("twenty jobs in a row leave no container, volume, network, descriptor or connection [INV-9] [DK185]")
{
    World world({.network_mode = "job"});
    REQUIRE(world.finish(world.job({"echo warm"})).state == "success");
    const auto before = open_files(world, world.runner().pid());
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 20; ++i) ids.push_back(world.gitlab().enqueue(world.job({"echo job"})));
    for (const std::uint64_t id : ids) CHECK(world.finish(id, 120s).state == "success");
    const auto only_networks = [&] {
        const auto objects = objects_of(world);
        return std::ranges::all_of(objects, [](const auto& line) { return line.starts_with("network "); });
    };
    CHECK(world.let(only_networks, 30s));
    CHECK(open_files(world, world.runner().pid()) <= before + 12); // kept-alive connections; 20 jobs had many more
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("the journal forgets a job that ended two months ago, and no newer one")
{
    World world;
    CHECK(world.finish(world.job({"true"})).state == "success");
    CHECK(world.finish(world.job({"true"})).state == "success");
    CHECK(world.stop() == 0);
    const auto in_journal = [&](std::string_view sql) {
        ysnp::state::Database journal(world.state() / "journal.db");
        ysnp::state::Statement statement = journal.prepare(sql);
        return statement.step() ? statement.integer(0) : -1;
    };
    in_journal("UPDATE jobs SET closed = closed - 61 * 86400000000 WHERE row = 1");
    REQUIRE(in_journal("SELECT count(*) FROM jobs") == 2);
    world.start();
    CHECK(world.let([&] { return world.runner().log().find("Ready: ") != std::string::npos; }, 20s));
    world.let([] { return false; }, 1s);
    CHECK(world.stop() == 0);
    CHECK(in_journal("SELECT count(*) FROM jobs") == 1);
}

TEST_CASE("an idle runner holds only spare networks, and nothing after its stop [DK192]")
{
    World world({.network_mode = "job"});
    world.start();
    REQUIRE(logs(world, "Ready: 1 runner(s)"));
    CHECK(world.let([&] { return !objects_of(world).empty(); }, 20s));
    for (const std::string& object : objects_of(world)) CHECK(object.starts_with("network "));
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("with all places taken GitLab is not asked; a runner at its own limit leaves the others asking "
          "[POL-29] [POL-30] [AC-G18]")
{
    const bool own_limit = GENERATE(false, true);
    WorldOptions options{.concurrent = own_limit ? 4 : 1};
    options.runner_yaml = own_limit ? "    limit: 1\n" : "";
    // the Engine's labels hold the first nine characters: those of runs beside this one are others
    const std::string own = "glrt-" + std::to_string(::getpid());
    options.gitlab.runner_tokens = {own + "-first-first-aaaaa", own + "-second-second-bbbbb"};
    World world(options);
    const std::uint64_t first =
        world.gitlab().enqueue(world.job({"echo one-$(echo runs)", "sleep 4", "echo one-ends"}));
    const std::uint64_t second = world.gitlab().enqueue(world.job({"echo two"}));
    world.start();
    REQUIRE(traced(world, first, "\none-runs"));
    const auto asked = polls(world);
    REQUIRE(traced(world, first, "\none-ends"));
    CHECK(world.gitlab().job(second).state == "queued");
    CHECK(polls(world) - asked <= 1); // the last look may come after the end
    CHECK(world.finish(second).state == "success");
    CHECK(world.stop() == 0);
}
