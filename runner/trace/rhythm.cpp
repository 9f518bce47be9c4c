#include "runner/trace/rhythm.h"
#include <algorithm>

namespace ysnp::trace {

namespace {

void move_to(Progress& progress, std::uint64_t offset, std::uint64_t size) noexcept
{
    const bool same = progress.same_range > 0 && progress.last_range == offset;
    progress.same_range = same ? progress.same_range + 1 : 1;
    progress.last_range = offset;
    if (offset > size || progress.same_range >= most_equal_ranges || ++progress.moves >= most_moves)
        progress.given_up = true;
    else
        progress.sent = offset;
}

} // namespace

void advance(Progress& progress, const gitlab::PatchReply& reply, std::uint64_t size) noexcept
{
    if (reply.disposition == gitlab::PatchDisposition::moved) {
        move_to(progress, reply.offset, size);
    } else if (reply.disposition == gitlab::PatchDisposition::accepted) {
        progress.same_range = 0;
        if (reply.offset > size)
            progress.given_up = true;
        else
            progress.sent = reply.offset;
    }
}

bool lost(const gitlab::PatchReply& reply) noexcept { return reply.disposition == gitlab::PatchDisposition::aborted; }

bool lost(const gitlab::UpdateReply& reply) noexcept { return reply.disposition == gitlab::UpdateDisposition::aborted; }

std::chrono::seconds touch_after(std::chrono::seconds interval) noexcept
{
    constexpr std::chrono::seconds watched{10}, quiet{30}, longest{60};
    if (interval <= watched) return interval;
    return std::clamp(interval, quiet, longest);
}

std::chrono::seconds final_pause(int n) noexcept
{
    constexpr std::chrono::seconds longest = std::chrono::minutes(60);
    if (n > 12) return longest;
    return std::min(longest, std::chrono::seconds(1LL << std::max(0, n - 1)));
}

} // namespace ysnp::trace
