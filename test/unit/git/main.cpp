// The test program is its own git worker: fetch() starts /proc/self/exe with "git-worker".
#include "runner/git/worker_main.h"
#include <catch2/catch_session.hpp>
#include <csignal>
#include <string_view>

int main(int argc, char** argv)
{
    if (argc == 2 && std::string_view(argv[1]) == "git-worker") return ysnp::git::worker_main(0, 1);
    std::signal(SIGPIPE, SIG_IGN); // as in the runner's main: a worker may be gone before it has read
    return Catch::Session().run(argc, argv);
}
