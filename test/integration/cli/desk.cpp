#include "test/integration/cli/desk.h"
#include <catch2/catch_test_macros.hpp>

namespace ysnp::test {

using namespace std::chrono_literals;

Finished beside(World& world, const std::vector<std::string>& arguments, const std::vector<std::string>& environment)
{
    const auto log = world.folder() / "command.log";
    std::filesystem::remove(log);
    Daemon daemon(arguments, environment, log);
    const bool ended = world.let([&] { return !daemon.running(); }, 60s);
    INFO(daemon.log());
    REQUIRE(ended);
    return {daemon.wait(1s), daemon.log(), {}};
}

Finished command(World& world, std::vector<std::string> arguments)
{
    arguments.insert(arguments.begin(), {"-c", world.config().string()});
    std::filesystem::create_directories(world.runtime());
    std::filesystem::permissions(world.runtime(), std::filesystem::perms::owner_all);
    return run_program(arguments, {"RUNTIME_DIRECTORY=" + world.runtime().string()}, world.clone());
}

} // namespace ysnp::test
