#pragma once
#include "gitlab-api/job_reply.h"
#include "net/deadline.h"
#include <chrono>
#include <cstdint>

/// What the sender does next, as functions without I/O (gitlab-api.md 4.3 to 4.5).
namespace ysnp::trace {

/// How far GitLab is with the trace.
struct Progress {
    std::uint64_t sent = 0;       // next byte to send
    std::uint64_t last_range = 0; // what the last 416 named
    int same_range = 0;           // how often in a row it named the same
    int moves = 0;                // how often GitLab named another offset, in all
    bool given_up = false;        // GitLab and we cannot agree on the trace: the final state goes without it
};
inline constexpr int most_equal_ranges = 5;
inline constexpr int most_moves = 50;
inline constexpr std::size_t largest_patch = 1u << 20;

/// Moves `progress` by the answer to a PATCH, of a trace of `size` bytes. GitLab naming more bytes than there are, or
/// the same offset five times in a row, gives the trace up.
void advance(Progress& progress, const gitlab::PatchReply& reply, std::uint64_t size) noexcept;

/// Whether the job is lost by this answer: finished, erased, canceled by force.
bool lost(const gitlab::PatchReply& reply) noexcept;
bool lost(const gitlab::UpdateReply& reply) noexcept;

/// When to touch after the last contact: at each interval while somebody watches (10 s or less), so that a cancel is
/// seen soon; else after 30 s, and never later than 60 s.
std::chrono::seconds touch_after(std::chrono::seconds interval) noexcept;

/// Pause before the n-th further try (n from 1) of the final update: 1 s, doubled, at most 60 min.
std::chrono::seconds final_pause(int n) noexcept;

} // namespace ysnp::trace
