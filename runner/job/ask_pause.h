#pragma once
#include "checks/decide.h"
#include "runner/state/journal.h"
#include <chrono>
#include <optional>

namespace ysnp::job {

/// How long people are left in peace about a content that they were asked about before: after the second denial 5
/// minutes, with each further one twice as long, an hour at most; after the fifth request that nobody answered 5
/// minutes.
std::chrono::minutes pause_after(const state::Asks& before);

/// Why people may not be asked now, and when they may be again; nothing: now.
std::optional<checks::Reason> left_in_peace(const state::Asks& before, std::chrono::system_clock::time_point now);

} // namespace ysnp::job
