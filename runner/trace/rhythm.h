#pragma once
#include "runner/trace/job_api.h"
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace ysnp::trace {

// What the sender does next, as functions without I/O (gitlab-api.md 4).

/// A positive whole number of seconds, at most 15 minutes; nothing for anything else.
std::optional<std::chrono::seconds> update_interval(std::string_view header) noexcept;

/// The N of `Range: 0-N`: how many bytes GitLab holds. 0 for a missing or garbled header.
std::uint64_t stored_bytes(std::string_view range) noexcept;

/// What an answer says about the job itself.
enum class Standing {
    ours,     ///< go on
    canceled, ///< `canceling`: stop gracefully, keep reporting
    lost,     ///< gone, finished, canceled by force: stop everything, send nothing more
};
/// `Job-Status` decides; a 403 without one means lost. (404 means lost for PUT, nothing for PATCH: see below.)
Standing standing_of(const Reply& reply) noexcept;
Standing standing_of_update(const Reply& reply) noexcept;

/// How far GitLab is with the trace.
struct Progress {
    std::uint64_t sent = 0; // next byte to send
    int same_range = 0;     // how often in a row a 416 named the same offset
    std::uint64_t last_range = 0;
    bool given_up = false; // GitLab and we cannot agree on the trace: the final state goes without
};
static constexpr int most_equal_ranges = 5;

enum class Sent {
    accepted, ///< the next chunk may follow at once
    moved,    ///< 416: the offset is another one now
    refused,  ///< keep the offset, try at the next tick
    missing,  ///< 404 from somewhere between: as refused while the job runs, the end of the trace in the final flush
    lost,     ///< the job is no longer ours
};
/// Judges the answer to a PATCH of `length` bytes at `progress.sent`, of a trace of `size` bytes, and moves `progress`.
Sent judge_patch(const Reply& reply, std::uint64_t length, std::uint64_t size, Progress& progress) noexcept;

enum class Finished {
    done,   ///< 200, or the job is finished, gone, or no longer ours: nothing more to send, ever
    wait,   ///< 202: same again after the interval
    resend, ///< 412: the trace from 0, then again
    failed, ///< one failed try
};
Finished judge_final(const Reply& reply) noexcept;

/// Pause before the n-th further try (n from 1) of the final update: 1 s, doubled, at most 60 min.
std::chrono::seconds final_pause(int n) noexcept;

/// When to touch: at each interval while somebody watches (10 s or less), so that a cancel is seen soon; else after 30
/// s of silence; never later than 60 s after the last contact.
std::chrono::seconds touch_after(std::chrono::seconds interval) noexcept;

} // namespace ysnp::trace
