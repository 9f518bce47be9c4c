#include "runner/cli/main.h"
#include "runner/git/worker_main.h"
#include <cstring>
#include <unistd.h>

int main(int argc, char** argv)
{
    // The git worker is this program again, with the request on its standard input and the answer on its output.
    if (argc == 2 && std::strcmp(argv[1], "git-worker") == 0)
        return ysnp::git::worker_main(STDIN_FILENO, STDOUT_FILENO);
    return ysnp::cli::main(argc, argv);
}
