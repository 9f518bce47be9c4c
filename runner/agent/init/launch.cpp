#include "runner/agent/init/launch.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

constexpr const char* default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct Report {
    int error, step;
};
enum Step { directory, program };

[[noreturn]] void give_up(int report, int error, Step step)
{
    const Report what{error, step};
    if (write(report, &what, sizeof what) < 0) _exit(126);
    _exit(127);
}

const char* value_of(char** environment, const char* name)
{
    const size_t size = strlen(name);
    for (; *environment != nullptr; ++environment)
        if (strncmp(*environment, name, size) == 0 && (*environment)[size] == '=') return *environment + size + 1;
    return nullptr;
}

/// Tries the program in each directory of `path`. Returns only on failure; ENOENT may mean that another path has it.
int try_path(const char* path, char** argv, char** environment)
{
    int error = ENOENT;
    while (path != nullptr && *path != '\0') {
        const size_t size = strcspn(path, ":");
        char file[4096];
        if (size + strlen(argv[0]) + 2 < sizeof file) {
            memcpy(file, path, size);
            file[size] = '/';
            strcpy(file + size + 1, argv[0]);
            execve(file, argv, environment);
            if (errno != ENOENT && errno != ENOTDIR) error = errno;
            if (errno == E2BIG) return E2BIG;
        }
        path += size;
        if (*path == ':') ++path;
    }
    return error;
}

/// Looks the program up with the stage's PATH, then, as the Engine would have, with the image's.
int execute(char** argv, char** environment, char** inherited)
{
    if (strchr(argv[0], '/') != nullptr) {
        execve(argv[0], argv, environment);
        return errno;
    }
    int error = ENOENT;
    const char* const paths[] = {value_of(environment, "PATH"), value_of(inherited, "PATH"), default_path};
    for (const char* path : paths) {
        const int why = try_path(path, argv, environment);
        if (why != ENOENT) error = why;
        if (error == E2BIG) break;
    }
    return error;
}

/// By the system call, as libc keeps some signals to itself.
void reset_signals()
{
    const unsigned char plain[64] = {}; // the kernel's struct sigaction with SIG_DFL, no flags, an empty mask
    for (int signal = 1; signal < 65; ++signal) syscall(SYS_rt_sigaction, signal, plain, nullptr, 8);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
}

struct Ends {
    int input, output, report;
};

[[noreturn]] void become(Setup& setup, Ends ends, char** argv, char** environment, char** inherited)
{
    setsid();
    reset_signals();
    dup2(ends.input, STDIN_FILENO);
    dup2(ends.output, STDOUT_FILENO);
    dup2(ends.output, STDERR_FILENO);
    if (*setup.directory() != '\0' && chdir(setup.directory()) != 0) give_up(ends.report, errno, directory);
    give_up(ends.report, execute(argv, environment, inherited), program);
}

void close_pair(int* pair)
{
    for (int i = 0; i < 2; ++i)
        if (pair[i] >= 0) close(pair[i]);
}

/// A pipe whose end `ours` does not block.
bool open_pipe(int* pair, int ours)
{
    return pipe2(pair, O_CLOEXEC) == 0 && fcntl(pair[ours], F_SETFL, O_NONBLOCK) == 0;
}

} // namespace

Launched launch(Setup& setup, char** inherited, mode_t umask_before)
{
    Launched started;
    int output[2] = {-1, -1}, report[2] = {-1, -1}, input[2] = {-1, -1};
    char** const argv = setup.argv();
    char** const environment = setup.merged_environment(inherited);
    const bool by_pipe = setup.script_file() < 0;
    const bool opened = argv != nullptr && environment != nullptr && open_pipe(output, 0) && open_pipe(report, 0) &&
                        (!by_pipe || open_pipe(input, 1)) && (by_pipe || lseek(setup.script_file(), 0, SEEK_SET) == 0);
    started.pid = opened ? fork() : -1;
    if (started.pid == 0) {
        umask(umask_before);
        become(setup, {by_pipe ? input[0] : setup.script_file(), output[1], report[1]}, argv, environment, inherited);
    }
    if (started.pid < 0) {
        started.error = errno;
        close_pair(output), close_pair(report), close_pair(input);
        return started;
    }
    close(output[1]), close(report[1]);
    if (by_pipe) close(input[0]);
    started.output = output[0], started.report = report[0], started.input = input[1];
    return started;
}

int start_error(int report, const char*& step)
{
    Report what{0, directory};
    if (read(report, &what, sizeof what) != static_cast<ssize_t>(sizeof what)) return 0;
    step = what.step == directory ? "directory" : "program";
    return what.error;
}

} // namespace ysnp::agent
