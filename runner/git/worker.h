#pragma once
#include "net/deadline.h"
#include "net/http.h"
#include "runner/git/request.h"
#include "runner/git/result.h"
#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

namespace ysnp::git {

/// How a line of progress looks in the job's trace.
enum class ProgressKind {
    step,    ///< bold green: "Fetching changes with git depth set to 20..."
    text,    ///< plain: "Initialized empty Git repository in /builds/g/p/.git/"
    warning, ///< yellow
};

/// Receives what the worker has to say, in order, one line without its end at a time.
class Events {
public:
    virtual ~Events() = default;
    virtual void progress(ProgressKind kind, std::string_view line) = 0;
};

/// Where the worker's program is; its first argument is `git-worker`.
struct WorkerOptions {
    std::string executable = "/proc/self/exe";
};

/// Brings the sources of one job: spawns a git worker with a clean environment, hands it the request over a pipe and
/// streams its tar (POSIX ustar/pax, ends with two zero blocks) to `tar`, which must outlive the call; `tar` waits slow
/// the worker down. One attempt: the caller counts GET_SOURCES_ATTEMPTS and starts each with an empty folder.
/// A failure of the remote is a result. Throws on time-out (Failure::timed_out), cancellation (cancelled), and what
/// `tar.write` throws; in every case the worker is dead and reaped when the call ends.
boost::asio::awaitable<SourceResult> fetch(SourceRequest request, Events& events, net::BodySink& tar, Deadline until,
                                           WorkerOptions options = {});

} // namespace ysnp::git
