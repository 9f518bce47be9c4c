#pragma once
#include "net/wait.h"
#include "runner/trace/job_api.h"
#include "runner/trace/rhythm.h"
#include "runner/trace/trace.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <string>

namespace ysnp::trace {

struct UploaderOptions {
    JobApi::DebugTrace debug_trace = JobApi::DebugTrace::off; // CI_DEBUG_TRACE or CI_DEBUG_SERVICES
    std::chrono::milliseconds first_look{1000}; // the first bytes go out after this time, not at the first tick
    std::chrono::seconds interval{3};           // until GitLab names another
    int final_tries = 10;                       // job_status_final_update_retry_limit
    Deadline token_expires = never();           // job timeout + 5 min from the job's creation; no try begins later
    std::chrono::milliseconds second{1000};     // what counts as a second of GitLab's (tests shorten it)
    std::chrono::seconds call_limit{120};       // for one PATCH or PUT, with its retries
};

/// What GitLab says about the job while it runs. Each is called once at most, from the sender's task; after on_abort
/// no on_cancel follows.
struct UploaderEvents {
    std::function<void()> on_cancel;
    std::function<void(std::string why)> on_abort;
};

/// How the job's result arrived at GitLab.
enum class Reported {
    yes,     ///< GitLab has it (or no longer wants it)
    lost,    ///< the job was no longer ours: nothing was sent
    gave_up, ///< all tries failed: GitLab will sweep the job
};

/// Sends one job's trace while it grows, keeps the job alive, hears of its cancellation, and reports its end
/// (gitlab-api.md 4.3 to 4.5). Never blocks whoever writes the trace.
class Uploader {
public:
    /// All references must outlive the uploader.
    Uploader(boost::asio::any_io_executor executor, JobApi& api, Trace& trace, UploaderOptions options,
             UploaderEvents events);
    ~Uploader();
    Uploader(const Uploader&) = delete;
    Uploader& operator=(const Uploader&) = delete;

    /// The sender: returns once finish() was called or the job was lost. Spawn it when the job is acknowledged.
    /// Cancelling throws (Failure::cancelled); the uploader can then still finish().
    boost::asio::awaitable<void> run();
    /// Closes the trace, ends run(), sends what is left of the trace and then the final state, with size and checksum.
    /// Artifacts and caches must be done: after this the job token is dead. Called once.
    boost::asio::awaitable<Reported> finish(JobState state, std::string failure_reason, int exit_code);

    bool aborted() const noexcept { return lost_; }
    bool canceled() const noexcept { return canceled_; }
    /// How far GitLab is, for the journal.
    std::uint64_t sent() const noexcept { return progress_.sent; }
    /// A restarted runner goes on from here.
    void resume_at(std::uint64_t sent) noexcept { progress_.sent = sent; }

private:
    enum class Round { go_on, stop };
    std::chrono::milliseconds lasting(std::chrono::seconds time) const;
    Deadline next_wake() const;
    boost::asio::awaitable<Round> tick();
    boost::asio::awaitable<bool> send_backlog();
    boost::asio::awaitable<Sent> send_chunk();
    boost::asio::awaitable<void> touch();
    boost::asio::awaitable<bool> flush();
    boost::asio::awaitable<Finished> report(const Update& update);
    boost::asio::awaitable<Reported> report_until_done(Update update);
    void heed(const Reply& reply, Standing standing);
    void note_growth();
    bool over() const noexcept { return finishing_ || lost_; }

    JobApi& api_;
    Trace& trace_;
    UploaderOptions options_;
    UploaderEvents events_;
    Event wake_, stopped_;
    Progress progress_;
    std::chrono::seconds interval_;
    Deadline started_, last_tick_, last_contact_;
    bool running_ = false, ticked_ = false, finishing_ = false, lost_ = false, canceled_ = false;
};

} // namespace ysnp::trace
