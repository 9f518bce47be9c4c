#include "test/unit/job/shell.h"
#include "test/double/run.h"
#include <fcntl.h>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace ysnp::test {

ShellResult feed(const std::vector<std::string>& shell, const std::string& script)
{
    const TempDir folder;
    const std::string in = (folder / "script").string(), out = (folder / "output").string();
    std::ofstream(in) << script;
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(::open(in.c_str(), O_RDONLY), 0);
        ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT, 0600), 1);
        ::dup2(1, 2);
        std::vector<char*> arguments;
        for (const std::string& word : shell) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        ::execvp(arguments.front(), arguments.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    std::ifstream file(out, std::ios::binary);
    ShellResult result;
    result.output.assign(std::istreambuf_iterator<char>(file), {});
    result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return result;
}

std::vector<std::vector<std::string>> shells()
{
    std::vector<std::vector<std::string>> found;
    for (const char* path : {"/bin/bash", "/bin/dash"}) {
        if (::access(path, X_OK) == 0) found.push_back({path});
    }
    if (::access("/bin/busybox", X_OK) == 0) found.push_back({"/bin/busybox", "ash"});
    return found;
}

} // namespace ysnp::test
