#pragma once
#include "net/wait.h"
#include "runner/trace/job_api.h"
#include "runner/trace/rhythm.h"
#include "runner/trace/trace.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace ysnp::trace {

struct UploaderOptions {
    JobApi::DebugTrace debug_trace = JobApi::DebugTrace::off; // CI_DEBUG_TRACE or CI_DEBUG_SERVICES
    std::chrono::milliseconds first_look{1000}; // the first bytes go out after this time, not at the first interval
    std::chrono::seconds interval{3};           // until GitLab names another
    int final_tries = 10;                       // job_status_final_update_retry_limit
    Deadline token_expires = never();           // job timeout + 5 min from the job's creation; no try begins later
    std::chrono::milliseconds second{1000};     // what counts as a second of the protocol's times (tests shorten it)
    std::chrono::seconds call_limit{120};       // for one PATCH or PUT with its retries; real seconds
};

/// What GitLab says about the job while it runs, from the sender's task. on_cancel and on_abort come once at most, and
/// after on_abort nothing follows.
struct UploaderEvents {
    std::function<void()> on_cancel; ///< `canceling`: stop gracefully, go on reporting
    std::function<void()> on_abort;  ///< the job is not ours any more: stop everything, nothing more is sent
    /// How far GitLab has the trace while the job runs, as often as that changes. Must not throw but when cancelled.
    std::function<boost::asio::awaitable<void>(std::uint64_t)> on_sent;
};

/// How the job's result arrived at GitLab.
enum class Reported {
    yes,     ///< GitLab has it, or says that the job is over
    lost,    ///< the job was not ours any more before: nothing was sent
    gave_up, ///< every try failed: GitLab will sweep the job
};

/// Sends one job's trace while it grows, keeps the job alive, hears of its cancellation, and reports its end
/// (gitlab-api.md 4.3 to 4.5). Never blocks whoever writes the trace.
class Uploader {
public:
    /// `api` and `trace` must outlive the uploader.
    Uploader(boost::asio::any_io_executor executor, JobApi& api, Trace& trace, UploaderOptions options,
             UploaderEvents events);
    ~Uploader();
    Uploader(const Uploader&) = delete;
    Uploader& operator=(const Uploader&) = delete;

    /// The sender: returns when finish() is called or the job is lost. Spawn it once the job is acknowledged.
    /// Cancelling throws (Failure::cancelled); the uploader can still finish() then.
    boost::asio::awaitable<void> run();
    /// Closes the trace, ends run(), sends what is left of the trace and then the final state with size and checksum;
    /// `reason` as gitlab::reason_for gives it. Artifacts and caches must be done: after this the job token is dead.
    /// Call it once. Cancelling throws and leaves the job unreported.
    boost::asio::awaitable<Reported> finish(gitlab::JobState state, std::string reason = {}, int exit_code = 0);

    bool aborted() const noexcept { return lost_; }
    bool canceled() const noexcept { return canceled_; }
    /// How far GitLab is.
    std::uint64_t sent() const noexcept { return progress_.sent; }
    /// A restarted runner goes on from here; call before run().
    void resume_at(std::uint64_t sent) noexcept { progress_.sent = sent; }

private:
    enum class Step { done, again, failed };
    std::chrono::milliseconds lasting(std::chrono::seconds time) const noexcept;
    bool over() const noexcept { return finishing_ || lost_; }
    bool pending() const noexcept { return !progress_.given_up && progress_.sent < trace_.size(); }
    bool backlog() const noexcept { return pending() && trace_.size() - progress_.sent > largest_patch; }
    Deadline next_send() const noexcept;
    Deadline next_touch() const noexcept;
    void note_growth();
    void learn(std::optional<std::chrono::seconds> interval) noexcept;
    void heed(gitlab::JobStatus status, bool job_lost);
    boost::asio::awaitable<void> send_pending();
    boost::asio::awaitable<gitlab::PatchReply> send_chunk();
    boost::asio::awaitable<void> touch();
    boost::asio::awaitable<Step> flush();
    boost::asio::awaitable<Step> report(gitlab::JobUpdate update);
    boost::asio::awaitable<Step> flush_and_report(const gitlab::JobUpdate& update);
    boost::asio::awaitable<Reported> try_until_reported(gitlab::JobUpdate update);
    boost::asio::awaitable<bool> pause(std::chrono::seconds time);

    JobApi& api_;
    Trace& trace_;
    UploaderOptions options_;
    UploaderEvents events_;
    Event wake_, stopped_;
    Progress progress_;
    std::chrono::seconds interval_;
    Deadline last_send_{}, last_contact_{}, planned_{};
    int resends_ = 0; // of the whole trace, after a 412
    bool running_ = false;
    bool refused_ = false; // the last PATCH failed: wait for the next interval
    bool finishing_ = false, lost_ = false, canceled_ = false;
};

} // namespace ysnp::trace
