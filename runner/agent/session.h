#pragma once
#include "net/deadline.h"
#include "net/http.h"
#include "net/secret.h"
#include "runner/agent/stage.h"
#include <boost/asio/any_io_executor.hpp>
#include <memory>

namespace ysnp::agent {

/// The raw bytes of the attached container: its standard output (already demultiplexed), its standard input.
class ByteStream {
public:
    virtual ~ByteStream() = default;
    /// The next bytes, valid until the next call; empty at the end. Throws (Failure::timed_out, cancelled, transient).
    virtual boost::asio::awaitable<std::string_view> read(Deadline until) = 0;
    virtual boost::asio::awaitable<void> write(std::string_view bytes, Deadline until) = 0;
    virtual void close() noexcept = 0;
};

/// A fresh random key of 32 bytes for one job.
Secret new_key();

/// For how long the agent lives without its runner. It kills everything in the container and exits when either ends.
struct Limits {
    std::chrono::seconds lease{300};     ///< from the last sign of the runner; renewed by itself while a call runs
    std::chrono::seconds deadline{3600}; ///< from the start, whatever happens
    /// A running agent that gives no sign of itself for so long, though it is asked, is given up: from this to a third
    /// more.
    std::chrono::milliseconds silence{90'000};
};

/// The agent hangs, or its container is frozen: it owes every answer for `time`. Failure::timed_out.
class Silence : public std::system_error {
public:
    explicit Silence(std::chrono::milliseconds time);
    std::chrono::milliseconds time() const noexcept { return time_; }
    const char* what() const noexcept override { return text_.c_str(); }

private:
    std::chrono::milliseconds time_;
    std::string text_;
};

struct Hello {
    unsigned version = 0;
    unsigned uid = 0, gid = 0;
    unsigned processes = 0;    ///< in the container, the agent included; 0 without /proc
    bool proc_mounted = false; ///< of this container
};

struct UnpackOptions {
    bool keep_times = false; ///< else what is unpacked is new, as after a checkout
};

/// A change in the container's file system: done, or why not.
struct FileResult {
    int error = 0;    ///< errno: ENOSPC, EACCES, ELOOP where a symlink stood in the way, EBADMSG for a broken archive
    std::string path; ///< what it is about
    bool ok() const noexcept { return error == 0; }
    /// "group/project/a.bin: No space left on device", for people.
    std::string message() const;
};

struct UnpackResult : FileResult {
    std::uint64_t files = 0, directories = 0, bytes = 0;
};

/// What a connection that takes over finds.
struct Resumed {
    bool running = false; ///< a stage runs or its result waits: call rejoin()
};

/// The runner's side of the agent in one job's container. One call at a time (request_stop() apart), all on the
/// executor's one thread. Whatever ends a call but its result, a deadline, a cancellation, a broken connection, ends
/// the session: what follows throws. Failures: transient where the container or its connection is gone ("the job's
/// container ended ..."), protocol where the agent broke the protocol, timed_out (Silence: the agent hangs), cancelled,
/// invalid. A result comes only from a keyed frame of the agent, never from an end of stream.
class Session {
public:
    Session(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> stream);
    ~Session();
    Session(Session&&) noexcept;

    /// The first frame, before anything of the job runs. May be called before the container starts.
    boost::asio::awaitable<Hello> start(const Secret& key, Limits limits, Deadline until);
    /// Takes over a running agent on a new connection; `received` is how much output has arrived safely before. Output
    /// that the dead connection had not acknowledged comes again from there.
    boost::asio::awaitable<Resumed> resume(const Secret& key, Limits limits, std::uint64_t received, Deadline until);

    /// Runs one stage. At `until` it is stopped (How::timed_out) with the stage's grace; the result follows. When this
    /// returns, nothing that the stage started is alive (but `survivors`). The sink must outlive the call.
    boost::asio::awaitable<StageResult> run(const Stage& stage, OutputSink& sink, Deadline until);
    /// Goes on with the stage that resume() found.
    boost::asio::awaitable<StageResult> rejoin(OutputSink& sink, std::chrono::milliseconds grace, Deadline until);
    /// From another coroutine of the same thread while run() waits: TERM to every process of the job, KILL to what is
    /// left after `grace`. Again with a shorter grace is fine. Says whether a stage was running.
    bool request_stop(std::chrono::milliseconds grace);

    /// Unpacks an uncompressed tar stream below `directory`, which is made if missing. Follows no symlink.
    boost::asio::awaitable<UnpackResult> unpack(std::string directory, net::BodySource& archive, UnpackOptions options,
                                                Deadline until);
    /// With its parents; an existing directory is fine.
    boost::asio::awaitable<FileResult> make_directory(std::string path, unsigned mode, Deadline until);
    enum class Remove { all, contents };
    /// The whole tree, or only what is in it; follows no symlink. Nothing there is fine.
    boost::asio::awaitable<FileResult> remove(std::string path, Remove what, Deadline until);

    /// Between calls: renews the lease. Running calls do so themselves.
    boost::asio::awaitable<void> renew(Deadline until);
    /// Between calls: a pause, however long, that the lease outlives.
    boost::asio::awaitable<void> rest(Deadline until);
    /// The agent kills what is left and exits.
    boost::asio::awaitable<void> finish(Deadline until);
    /// Gives up the connection. The agent lives on until its lease ends.
    void close() noexcept;
    /// Bytes of output that have arrived, over all stages: where resume() goes on.
    std::uint64_t received() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::agent
