#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace ysnp::test {

/// A child process with pipes at its standard input and output. Killed and reaped with the object.
class Process {
public:
    Process(boost::asio::any_io_executor executor, const std::vector<std::string>& arguments,
            const std::vector<std::string>& environment);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    boost::asio::posix::stream_descriptor& input() noexcept { return input_; }
    boost::asio::posix::stream_descriptor& output() noexcept { return output_; }

private:
    boost::asio::posix::stream_descriptor input_, output_;
    pid_t pid_ = -1;
};

/// Runs `git` with a clean configuration and waits for it: its output without the last line break. Throws with git's
/// own message where it fails.
std::string git(const std::filesystem::path& directory, const std::vector<std::string>& arguments);

} // namespace ysnp::test
