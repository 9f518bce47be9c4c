// The test program is its own git worker: fetch() starts /proc/self/exe with "git-worker".
#include "attacker.h"
#include "runner/git/worker_main.h"
#include <catch2/catch_session.hpp>
#include <csignal>
#include <string_view>
#include <sys/auxv.h>

namespace {

/// By which name this program was started; its arguments are the worker's either way.
bool started_as_attacker()
{
    const auto* path = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    return std::string_view(path).ends_with(std::string("/") + ysnp::git::testing::attacker_name);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 2 && std::string_view(argv[1]) == "git-worker")
        return started_as_attacker() ? ysnp::git::worker_main(0, 1, ysnp::git::testing::attack)
                                     : ysnp::git::worker_main(0, 1);
    std::signal(SIGPIPE, SIG_IGN); // as in the runner's main: a worker may be gone before it has read
    return Catch::Session().run(argc, argv);
}
