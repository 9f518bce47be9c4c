#include "runner/job/poll_turns.h"
#include <cstdint>

namespace ysnp::job {

Deadline first_turn(Deadline start, std::chrono::milliseconds interval, std::size_t index, std::size_t entries)
{
    if (entries == 0) return start;
    return start + interval * static_cast<std::int64_t>(index) / static_cast<std::int64_t>(entries);
}

Deadline next_turn(Deadline last, std::chrono::milliseconds interval, Deadline now)
{
    if (now < last) return last;
    return last + interval * ((now - last) / interval + 1);
}

} // namespace ysnp::job
