#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::net {
struct Response;
}

/// What GitLab's answers mean. Decisions without I/O: the client makes the call, these judge the reply.
namespace ysnp::gitlab {

enum class JobOutcome {
    job,         ///< 201: `body` is the payload, not yet decoded
    none,        ///< 204: nothing to do
    conflict,    ///< 409: lost a race; poll again at the next interval
    unavailable, ///< 429, 5xx: after the retry layer
    refused,     ///< 400, 403, 422: token unknown, expired, runner orphaned
    rejected,    ///< 413 and anything unexpected: a bug of ours, or not a GitLab
};

struct JobReply {
    JobOutcome outcome = JobOutcome::none;
    unsigned status = 0;
    std::string body;                       ///< of a 201, holds the job token: decode, then wipe
    bool json = false;                      ///< the media type of a 201 is right; if not, treat as undecodable
    std::optional<std::string> last_update; ///< set only when the reply carries a usable one: else keep the old one
    bool healthy = true;                    ///< for Health
    bool retried = false;                   ///< for AdaptiveConcurrency
    bool long_polling = false;              ///< Gitlab-Ci-Builds-Polling: yes
    std::string message;                    ///< GitLab's own words, bounded, printable; for the log
    std::string request_id;                 ///< the server's X-Request-Id, else ours
};
JobReply judge_job_reply(net::Response response);

/// The Job-Status header.
enum class JobStatus { absent, pending, running, canceling, canceled, failed, success, other };
JobStatus job_status_of(std::string_view header) noexcept;

enum class UpdateDisposition {
    done,         ///< 200: accepted
    again,        ///< 202: noted, chunks not yet persisted: send the same PUT again after `interval`
    aborted,      ///< 403, 404, or Job-Status canceled or failed: stop everything, send nothing more
    resend_trace, ///< 412: offset to 0, resend the whole trace, PUT again
    rejected,     ///< 400: the state was not accepted
    failed,       ///< anything else: a failed attempt, worth another
};

struct UpdateReply {
    UpdateDisposition disposition = UpdateDisposition::failed;
    JobStatus job_status = JobStatus::absent;
    std::optional<std::chrono::seconds> interval; ///< X-GitLab-Trace-Update-Interval, 1 s to 15 min
    unsigned status = 0;
    std::string request_id;
    bool cancel_requested() const noexcept { return job_status == JobStatus::canceling; } ///< react once
};
UpdateReply judge_update(const net::Response& response);

enum class PatchDisposition {
    accepted, ///< 202: go on at `offset`
    moved,    ///< 416: GitLab holds `offset` bytes, send from there
    aborted,  ///< 403, or Job-Status canceled or failed: stop everything
    missing,  ///< 404: some proxy; ignored while running, ends the final flush
    failed,   ///< anything else: same offset at the next tick
};

struct PatchReply {
    PatchDisposition disposition = PatchDisposition::failed;
    std::uint64_t offset = 0; ///< where the next patch starts; the caller checks it against what it has
    JobStatus job_status = JobStatus::absent;
    std::optional<std::chrono::seconds> interval;
    unsigned status = 0;
    std::string request_id;
    bool cancel_requested() const noexcept { return job_status == JobStatus::canceling; }
};
/// `first` and `size` are what was sent.
PatchReply judge_patch(const net::Response& response, std::uint64_t first, std::size_t size);

/// What the reply to the first PUT state=running means (two-phase acknowledgement).
enum class Acknowledgement {
    start,    ///< run the job; also when GitLab could not be reached: the next touch repeats the acknowledgement
    drop,     ///< not ours any longer: nothing starts, nothing more is sent
    canceled, ///< do not start; send exactly one final failed/job_canceled
    repeat,   ///< 400: try once more, then drop
};
Acknowledgement judge_acknowledgement(const UpdateReply& reply) noexcept;

} // namespace ysnp::gitlab
