#pragma once
#include "runner/agent/session.h"
#include "test/double/run.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <string>
#include <vector>

namespace ysnp::agent::test {

/// Two descriptors as the attached stream of a container.
class PipeStream : public ByteStream {
public:
    PipeStream(boost::asio::any_io_executor executor, int read_from, int write_to);
    boost::asio::awaitable<std::string_view> read(Deadline until) override;
    boost::asio::awaitable<void> write(std::string_view bytes, Deadline until) override;
    void close() noexcept override;

private:
    boost::asio::posix::stream_descriptor in_, out_;
    std::string buffer_;
};

/// The real agent, PID 1 of a PID namespace of its own with its own /proc.
class AgentProcess {
public:
    struct Options {
        unsigned uid = 0;
        std::vector<std::string> environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "FROM_IMAGE=yes"};
    };
    AgentProcess() : AgentProcess(Options()) {}
    explicit AgentProcess(Options options);
    ~AgentProcess();
    AgentProcess(const AgentProcess&) = delete;
    AgentProcess& operator=(const AgentProcess&) = delete;

    /// A session on a fresh connection to it; may be asked for again to take over.
    Session session(boost::asio::any_io_executor executor);
    std::unique_ptr<ByteStream> stream(boost::asio::any_io_executor executor);
    /// Waits until it has ended and says how: its exit code, or 128 + signal.
    int join();
    bool ended();
    /// A path that its user can write to.
    std::filesystem::path scratch() const { return dir_ / "scratch"; }
    /// The PID that this namespace's first process has outside.
    int outer_pid() const;

private:
    ysnp::test::TempDir dir_;
    int pid_ = -1, to_agent_ = -1, from_agent_ = -1;
    int status_ = 0;
};

/// Whether this machine lets us make PID namespaces.
bool can_isolate();

/// Collects what a stage prints.
class Collector : public OutputSink {
public:
    boost::asio::awaitable<void> write(std::string_view bytes) override
    {
        text += bytes;
        co_return;
    }
    std::string text;
};

/// A stage that runs `script` in the shell that the detector finds.
Stage shell_stage(std::string script);

} // namespace ysnp::agent::test
