#pragma once
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ysnp::bench {

/// A program in the background, its output in a file. Ended by SIGQUIT, after a while by SIGKILL, with the object.
class RunnerProcess {
public:
    RunnerProcess(std::vector<std::string> command, std::vector<std::string> environment, std::filesystem::path log);
    ~RunnerProcess();
    RunnerProcess(const RunnerProcess&) = delete;
    RunnerProcess& operator=(const RunnerProcess&) = delete;
    pid_t pid() const noexcept { return pid_; }
    bool running();
    /// The end of its output.
    std::string log() const;

private:
    pid_t pid_ = -1;
    bool reaped_ = false;
    std::filesystem::path log_;
};

} // namespace ysnp::bench
