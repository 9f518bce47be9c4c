#include "test/bench/runner_process.h"
#include "test/integration/program.h"
#include <csignal>
#include <fcntl.h>
#include <stdexcept>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace ysnp::bench {
namespace {

using namespace std::chrono_literals;

std::vector<char*> pointers(std::vector<std::string>& words)
{
    std::vector<char*> result;
    for (std::string& word : words) result.push_back(word.data());
    result.push_back(nullptr);
    return result;
}

} // namespace

RunnerProcess::RunnerProcess(std::vector<std::string> command, std::vector<std::string> environment,
                             std::filesystem::path log)
    : log_(std::move(log))
{
    const std::vector<char*> argv = pointers(command), envp = pointers(environment);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ != 0) return;
    const int file = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(::open("/dev/null", O_RDONLY), STDIN_FILENO);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::execve(argv.front(), argv.data(), envp.data());
    ::_exit(127);
}

bool RunnerProcess::running()
{
    if (!reaped_ && ::waitpid(pid_, nullptr, WNOHANG) == pid_) reaped_ = true;
    return !reaped_;
}

RunnerProcess::~RunnerProcess()
{
    if (running()) ::kill(pid_, SIGQUIT);
    for (int tenths = 0; tenths < 300 && running(); ++tenths) std::this_thread::sleep_for(100ms);
    if (!running()) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

std::string RunnerProcess::log() const
{
    const std::string text = test::read_text(log_);
    return text.size() > 4000 ? text.substr(text.size() - 4000) : text;
}

} // namespace ysnp::bench
