#pragma once
#include "runner/git/sources.h"

namespace ysnp::git::testing {

/// How the file that a test starts in place of the worker's program has to be called, for attack() to be its work.
inline constexpr const char* attacker_name = "attacker";

/// Under this name the worker starts where a filter of the system's refuses Landlock.
inline constexpr const char* without_landlock_name = "without-landlock";
void forbid_landlock();

/// What code that has taken a confined worker over would do. The request's user agent says which: "calls PORT" tries
/// all that is refused, where PORT has a listener which is not the remote's; any other word is one call that kills. The
/// result is a failure whose message lists the tries, "name=errno" each.
void attack(const SourceRequest& request, WorkerOutput& output, SourceResult& result);

} // namespace ysnp::git::testing
