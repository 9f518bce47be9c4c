#pragma once
#include "net/deadline.h"
#include <chrono>
#include <cstddef>

namespace ysnp::job {

/// When an entry of the configuration asks GitLab: each entry once in every interval, all of them evenly apart.
/// `index` is the entry's place among `entries`. Pure.
Deadline first_turn(Deadline start, std::chrono::milliseconds interval, std::size_t index, std::size_t entries);
/// The next turn after `now` of an entry that had one at `last`.
Deadline next_turn(Deadline last, std::chrono::milliseconds interval, Deadline now);

} // namespace ysnp::job
