#include "runner/git/child_process.h"
#include "net/wait.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::git {

namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;

namespace {

void check(int error, const char* what)
{
    if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// How the child is to begin: standard input and output are the pipes, all else is closed.
class SpawnPlan {
public:
    SpawnPlan(int in, int out)
    {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawnattr_init(&attributes_);
        check(::posix_spawn_file_actions_adddup2(&actions_, in, STDIN_FILENO), "git worker: standard input");
        check(::posix_spawn_file_actions_adddup2(&actions_, out, STDOUT_FILENO), "git worker: standard output");
        check(::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0),
              "git worker: standard error");
        check(::posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1), "git worker: descriptors");
        sigset_t none, all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnPlan()
    {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    SpawnPlan(const SpawnPlan&) = delete;

    int start(const std::string& executable, const std::vector<std::string>& arguments,
              const std::vector<std::string>& environment) const
    {
        pid_t pid = -1;
        check(::posix_spawn(&pid, executable.c_str(), &actions_, &attributes_, pointers(arguments).data(),
                            pointers(environment).data()),
              ("start the git worker " + executable).c_str());
        return pid;
    }

private:
    static std::vector<char*> pointers(const std::vector<std::string>& texts)
    {
        std::vector<char*> result;
        for (const std::string& text : texts) result.push_back(const_cast<char*>(text.c_str()));
        result.push_back(nullptr);
        return result;
    }

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

std::string describe(int status)
{
    if (!WIFSIGNALED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
    return "signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
}

} // namespace

ChildProcess::ChildProcess(const asio::any_io_executor& executor, const std::string& executable,
                           const std::vector<std::string>& arguments, const std::vector<std::string>& environment)
    : input_(executor), output_(executor), end_(executor)
{
    asio::readable_pipe childs_input(executor);
    asio::writable_pipe childs_output(executor);
    asio::connect_pipe(childs_input, input_);
    asio::connect_pipe(output_, childs_output);
    const SpawnPlan plan(childs_input.native_handle(), childs_output.native_handle());
    pid_ = plan.start(executable, arguments, environment);
    const int pidfd = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
    if (pidfd >= 0) {
        end_.assign(pidfd);
        return;
    }
    const int error = errno;
    kill();
    reap();
    check(error, "watch the git worker");
}

ChildProcess::~ChildProcess()
{
    if (pid_ < 0) return;
    kill();
    reap();
}

void ChildProcess::kill() noexcept
{
    if (pid_ > 0) ::kill(pid_, SIGKILL);
}

asio::awaitable<bool> ChildProcess::ended(Deadline until)
{
    auto race = end_.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable) || sleep_until(until);
    const auto first = co_await std::move(race);
    co_return first.index() == 0;
}

std::string ChildProcess::reap()
{
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0)
        if (errno != EINTR) return "an end that nobody saw";
    pid_ = -1;
    return describe(status);
}

} // namespace ysnp::git
