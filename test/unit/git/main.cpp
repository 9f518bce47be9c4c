// The test program is its own git worker: fetch() starts /proc/self/exe with "git-worker".
#include "attacker.h"
#include "runner/git/worker_main.h"
#include <catch2/catch_session.hpp>
#include <csignal>
#include <string>
#include <string_view>
#include <sys/auxv.h>

namespace {

using namespace ysnp::git;

/// By which name this program was started; its arguments are the worker's either way.
bool started_as(const std::string& name)
{
    const auto* path = reinterpret_cast<const char*>(::getauxval(AT_EXECFN));
    return std::string_view(path).ends_with("/" + name);
}

int worker()
{
    if (started_as(testing::attacker_name)) return worker_main(0, 1, testing::attack);
    if (started_as(testing::without_landlock_name)) testing::forbid_landlock();
    return worker_main(0, 1);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc == 2 && std::string_view(argv[1]) == "git-worker") return worker();
    std::signal(SIGPIPE, SIG_IGN); // as in the runner's main: a worker may be gone before it has read
    return Catch::Session().run(argc, argv);
}
