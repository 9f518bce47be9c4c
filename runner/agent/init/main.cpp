#include "runner/agent/init/agent.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

[[noreturn]] void refuse(const char* text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) _exit(126);
    _exit(125);
}

bool without_waiting(int fd)
{
    const int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

} // namespace

extern char** environ;

/// Its memory holds the job's key and secrets: no core file, and no look into /proc/1 for processes of the same user.
int main()
{
    if (getpid() != 1) refuse("ysnp-agent: runs only as the first process of a job's container\n");
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    syscall(SYS_close_range, 3, ~0u, 0); // whatever a container runtime leaked
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, nullptr);
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    const int signals = signalfd(-1, &children, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals < 0) refuse("ysnp-agent: no signalfd\n");
    if (!without_waiting(STDIN_FILENO) || !without_waiting(STDOUT_FILENO))
        refuse("ysnp-agent: standard input or output is closed\n");
    static ysnp::agent::Agent agent(environ);
    agent.serve(signals);
}
