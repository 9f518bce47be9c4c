#pragma once
#include "net/deadline.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <string>
#include <vector>

namespace ysnp::git {

/// A child with two pipes, a clean environment, no other descriptor and a process group of its own. The destructor
/// kills it and waits for its end: no child outlives its object, and none becomes a zombie.
class ChildProcess {
public:
    /// Throws system_error when it cannot be started.
    ChildProcess(const boost::asio::any_io_executor& executor, const std::string& executable,
                 const std::vector<std::string>& arguments, const std::vector<std::string>& environment);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;

    boost::asio::writable_pipe& input() noexcept { return input_; }
    boost::asio::readable_pipe& output() noexcept { return output_; }
    int pid() const noexcept { return pid_; }

    /// SIGKILL, if it still runs.
    void kill() noexcept;
    /// Waits for its end; says whether it came before `until`.
    boost::asio::awaitable<bool> ended(Deadline until);
    /// "exit code 1" or "signal 11 (Segmentation fault)"; reaps it, so only after ended().
    std::string reap();

private:
    boost::asio::writable_pipe input_;
    boost::asio::readable_pipe output_;
    boost::asio::posix::stream_descriptor end_; // a pidfd: readable when the child has ended
    int pid_ = -1;
};

} // namespace ysnp::git
