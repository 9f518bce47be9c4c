#include "test/integration/gate/site.h"
#include "test/integration/gitlab/secrets.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

const std::string masked = "Canary-Masked-Value-4711", password = "canary-registry-passw0rd";

std::vector<std::string> planted(World& world, std::uint64_t id)
{
    return {world.gitlab().runner_tokens().front(), world.gitlab().job(id).token, masked, password};
}

void no_file_holds(const fs::path& folder, const std::vector<std::string>& secrets, const fs::path& except)
{
    if (!fs::exists(folder)) return;
    for (auto it = fs::recursive_directory_iterator(folder); it != fs::recursive_directory_iterator(); ++it) {
        if (it->path() == except) it.disable_recursion_pending();
        if (!it->is_regular_file()) continue;
        INFO(it->path());
        CHECK(found_in(read_text(it->path()), secrets) == "");
    }
}

PayloadSpec telltale(World& world)
{
    PayloadSpec spec = world.job_with_sources(
        {"echo token $CI_JOB_TOKEN $CANARY", "cat .git/config", "env | sort", "echo in-the-$(echo script)", "sleep 4"});
    spec.variables.push_back({"CANARY", masked, false, true});
    spec.patch =
        R"({"credentials": [{"type": "registry", "url": "registry.example.com", "username": "u", "password": ")" +
        password + R"("}]})";
    return spec;
}

/// Inspects an object of the Engine; 0 where it has gone meanwhile.
int holds_none(const std::string& object, const std::vector<std::string>& secrets)
{
    std::string shown;
    try {
        shown = docker("inspect " + object.substr(object.find(' ') + 1));
    } catch (const std::runtime_error&) {
        return 0;
    }
    CHECK(found_in(shown, secrets) == "");
    return 1;
}

} // namespace

TEST_CASE("planted secrets show in no file, command line, environment, Engine object, log, trace or audit record "
          "[INV-13] [SEC-01] [SEC-02] [SEC-04] [AC-T07] [AC-T08]")
{
    World world;
    world.gitlab().add_fault({.path = "*/info/refs", .times = 1, .delay = 2s});
    const std::uint64_t id = world.gitlab().enqueue(telltale(world));
    const auto secrets = planted(world, id);
    const Daemon& runner = world.start();
    REQUIRE(world.let([&] { return !requests_beside_api(world).empty(); }, 30s));
    CHECK(check_processes(runner.pid(), secrets) >= 2); // the git worker is among them
    REQUIRE(world.until(
        id, [](const FakeJob& job) { return plain(job.trace).find("\nin-the-script") != std::string::npos; }));
    check_processes(runner.pid(), secrets);
    int inspected = 0;
    for (const std::string& object : objects_of(world)) inspected += holds_none(object, secrets);
    CHECK(inspected > 0);
    no_file_holds(world.runtime(), secrets, world.runtime() / "secrets");
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(plain(job.trace).find("token [MASKED] [MASKED]") != std::string::npos);
    CHECK(found_in(job.trace, secrets) == "");
    CHECK(world.stop() == 0);
    CHECK(found_in(world.runner().log(), secrets) == "");
    no_file_holds(world.state(), secrets, {});
    no_file_holds(world.audit().parent_path(), secrets, {});
    no_file_holds(world.runtime(), secrets, {});
}

TEST_CASE("errors name what failed, never a secret [AC-T07] [SEC-01] [INV-13]")
{
    World world;
    world.gitlab().add_fault({.path = "*/info/refs", .times = -1, .status = 401});
    world.gitlab().add_fault({.method = "POST", .path = "/api/v4/jobs/request", .times = 1, .status = 500});
    world.gitlab().add_fault({.method = "PATCH", .path = "*/trace", .times = 2, .cut = Fault::Cut::inside_reply});
    const std::uint64_t id = world.gitlab().enqueue(telltale(world));
    const auto secrets = planted(world, id);
    const FakeJob job = world.finish(id, 90s);
    INFO(plain(job.trace));
    CHECK(job.state == "failed");
    CHECK(found_in(job.trace, secrets) == "");
    CHECK(world.stop() == 0);
    CHECK(found_in(world.runner().log(), secrets) == "");
    CHECK(found_in(read_text(world.audit()), secrets) == "");
}
