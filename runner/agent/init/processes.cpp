#include "runner/agent/init/processes.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace ysnp::agent {
namespace {

constexpr int most_pids = 8192;
constexpr int kill_rounds = 5000; // of a millisecond

/// Whether /proc shows this PID namespace: /proc/self is then "1".
bool own_proc()
{
    char self[16];
    const ssize_t size = readlink("/proc/self", self, sizeof self);
    return size == 1 && self[0] == '1';
}

int list(int* pids)
{
    DIR* const proc = own_proc() ? opendir("/proc") : nullptr;
    if (proc == nullptr) return 0;
    int count = 0;
    while (const dirent* const entry = readdir(proc)) {
        const int pid = atoi(entry->d_name);
        if (pid > 1 && count < most_pids) pids[count++] = pid;
    }
    closedir(proc);
    return count;
}

int descending(const void* left, const void* right)
{
    return *static_cast<const int*>(right) - *static_cast<const int*>(left);
}

uint64_t number_after(const char* file, const char* word)
{
    const int fd = open(file, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    char text[1024];
    const ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size <= 0) return 0;
    text[size] = '\0';
    const char* const found = strstr(text, word);
    return found == nullptr ? 0 : strtoull(found + strlen(word), nullptr, 10);
}

} // namespace

void reap(Child& child)
{
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        if (pid == child.pid) child.status = status, child.ended = true;
}

bool others_left() { return kill(-1, 0) == 0 || errno != ESRCH; }

void terminate_all()
{
    static int pids[most_pids];
    const int count = list(pids);
    if (count == 0) kill(-1, SIGTERM);
    qsort(pids, static_cast<size_t>(count), sizeof *pids, descending);
    for (int i = 0; i < count; ++i) kill(pids[i], SIGTERM);
}

uint32_t kill_all(Child& child)
{
    for (int round = 0; round < kill_rounds; ++round) {
        kill(-1, SIGKILL);
        reap(child);
        if (!others_left()) return 0;
        const timespec pause{0, round < 10 ? 100'000 : 1'000'000};
        nanosleep(&pause, nullptr);
        reap(child);
    }
    const uint32_t processes = count_processes();
    return processes > 1 ? processes - 1 : 1;
}

uint32_t count_processes()
{
    static int pids[most_pids];
    return own_proc() ? static_cast<uint32_t>(list(pids)) + 1 : 0;
}

uint64_t memory_kills()
{
    const uint64_t now = number_after("/sys/fs/cgroup/memory.events", "\noom_kill ");
    return now != 0 ? now : number_after("/sys/fs/cgroup/memory/memory.oom_control", "\noom_kill ");
}

} // namespace ysnp::agent
