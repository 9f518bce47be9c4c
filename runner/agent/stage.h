#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::agent {

/// A variable of type `file`: its bytes exactly, parents made as needed; written again at every stage.
struct FileVariable {
    std::string path;
    std::string content;
    unsigned mode = 0644;
};

/// What one stage of a job runs.
struct Stage {
    std::vector<std::string> argv;        ///< the image's entrypoint, then shell_command(): see shell.h
    std::vector<std::string> environment; ///< "NAME=value", over the image's own; of duplicates the last counts
    std::vector<FileVariable> files;
    std::string directory;                   ///< where it starts; empty: the image's working directory
    std::string script;                      ///< its standard input, then the end of file
    std::chrono::milliseconds grace{10'000}; ///< from TERM to KILL when the deadline of run() passes
    bool script_by_pipe = false;             ///< for what cannot read a script from a file as standard input
};

/// Throws system_error (Failure::invalid) for what no kernel would start: a NUL, a name that is empty or holds '=', a
/// value beyond the kernel's 128 KiB for one string (execve(2), MAX_ARG_STRLEN), an empty argv. The message names the
/// variable, never its value.
void require_startable(const Stage& stage);

enum class How {
    exited,      ///< by itself, with exit_code or by a signal of its own
    stopped,     ///< by request_stop()
    timed_out,   ///< by the deadline of run()
    not_started, ///< see failure
};

struct StageResult {
    How how = How::exited;
    int exit_code = 0;         ///< as a shell tells it: 128 + signal for a signal, 127 and 126 where it did not start
    int signal = 0;            ///< 0: it exited
    std::uint64_t bytes = 0;   ///< of output, as the agent counted and the sink received them
    std::uint64_t stray = 0;   ///< bytes beside the frames, written to PID 1's output; the sink received them too
    int error = 0;             ///< errno of what kept it from starting
    std::string failure;       ///< "sh: No such file or directory", for people
    unsigned survivors = 0;    ///< processes that could not be killed: the container must not be used any more
    unsigned memory_kills = 0; ///< processes that the kernel killed for lack of memory meanwhile

    bool succeeded() const noexcept { return how == How::exited && exit_code == 0; }
};

/// Where the output of a stage goes, in the order in which it was written, any bytes. While write() waits, the job is
/// throttled: at most a few MiB are under way.
class OutputSink {
public:
    virtual ~OutputSink() = default;
    virtual boost::asio::awaitable<void> write(std::string_view bytes) = 0;
};

} // namespace ysnp::agent
