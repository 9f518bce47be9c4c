#include "test/integration/cli/desk.h"
#include <catch2/catch_test_macros.hpp>
#include <sys/stat.h>

using namespace ysnp::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

/// A configuration without a runner, for register.
std::string bare_config(World& world)
{
    const auto file = world.folder() / "etc/config.yml";
    write_text(file, "concurrent: 2\nstate_dir: " + (world.folder() / "etc/state").string() + "\n");
    return file.string();
}

} // namespace

TEST_CASE("a runner is registered, listed, verified, given another token and taken out again [SEC-03] [REG-01]")
{
    World world;
    const std::string config = bare_config(world), token = world.gitlab().runner_tokens().front();
    const Finished registered = beside(world,
                                       {"register", "-c", config, "--non-interactive", "--name", "ci-1", "--executor",
                                        "docker", "--docker-image", "debian:12"},
                                       {"CI_SERVER_URL=" + world.gitlab().url(), "CI_SERVER_TOKEN=" + token});
    INFO(registered.out);
    CHECK(registered.exit_code == 0);
    CHECK(says(registered, "Runner registered successfully"));
    CHECK_FALSE(says(registered, token));
    const fs::path file = world.folder() / "etc/runners.d/ci-1.yml";
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    CHECK((status.st_mode & 0037) == 0); // nobody but the owner and the service's group
    const std::string etc = read_text(config);

    const Finished listed = beside(world, {"-c", config, "list"});
    CHECK(listed.exit_code == 0);
    CHECK(says(listed, "Listing configured runners"));
    CHECK(says(listed, "ci-1"));
    CHECK(says(listed, "Executor=docker"));
    CHECK(says(listed, "URL=" + world.gitlab().url()));
    CHECK_FALSE(says(listed, token));

    const Finished alive = beside(world, {"verify", "-c", config});
    CHECK(alive.exit_code == 0);
    CHECK(says(alive, "Verifying runner... is alive"));

    const Finished reset = beside(world, {"reset-token", "-c", config, "--name", "ci-1"});
    INFO(reset.out);
    CHECK(reset.exit_code == 0);
    CHECK(world.gitlab().runner_tokens().front() != token);
    CHECK(beside(world, {"verify", "-c", config}).exit_code == 0); // with the new one

    const Finished gone = beside(world, {"unregister", "-c", config, "--name", "ci-1"});
    INFO(gone.out);
    CHECK(gone.exit_code == 0);
    CHECK_FALSE(fs::exists(file));
    CHECK(read_text(config) == etc); // what a person wrote stays
}

TEST_CASE("commands that fail say why and end with 1, as gitlab-runner's do")
{
    World world;
    const std::string config = bare_config(world);
    const Finished refused =
        beside(world, {"register", "-c", config, "-n", "--url", world.gitlab().url(), "--token",
                       "glrt-nobody-knows-this-one", "--name", "x", "--docker-image", "debian:12"});
    INFO(refused.out);
    CHECK(refused.exit_code == 1);
    CHECK_FALSE(fs::exists(world.folder() / "etc/runners.d/x.yml"));
    CHECK_FALSE(says(refused, "glrt-nobody-knows-this-one"));
    const Finished unknown = beside(world, {"verify", "-c", config, "--name", "nobody"});
    CHECK(unknown.exit_code == 1);
    CHECK(says(unknown, "no runner of the configuration matches"));
    const Finished missing = beside(world, {"run", "-c", (world.folder() / "nowhere.yml").string()});
    CHECK(missing.exit_code == 1);
    CHECK(says(missing, "nowhere.yml"));
}

TEST_CASE("a second runner on the same state leaves at once and says why [AC-L07]")
{
    World world;
    world.start();
    REQUIRE(world.let([&] { return world.runner().log().find("Ready: 1") != std::string::npos; }, 20s));
    const Finished second =
        beside(world, {"run", "-c", world.config().string()}, {"RUNTIME_DIRECTORY=" + world.runtime().string()});
    INFO(second.out);
    CHECK(second.exit_code == 1);
    CHECK(second.out.size() > 20);
    CHECK(world.finish(world.job({"echo first-goes-on"})).state == "success");
    CHECK(world.stop() == 0);
}
