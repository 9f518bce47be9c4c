#pragma once
#include "runner/job/outcome.h"
#include "runner/job/run.h"

namespace ysnp::job {

/// Runs an approved job: workplace, sources, scripts, after_script. Ends at its time-out, and when `run.stop` says so.
/// Never throws for what the job or its surroundings do: that is the outcome. When it returns, everything that was made
/// for the job is in the janitor's hands.
boost::asio::awaitable<Outcome> execute(Run& run);

} // namespace ysnp::job
