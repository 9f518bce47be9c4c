#pragma once
#include "runner/job/outcome.h"
#include "runner/job/run.h"
#include "runner/job/workplace.h"

namespace ysnp::job {

/// Runs the payload's steps in order until one fails, then after_script, always, in a fresh shell. A cancel stops the
/// step that runs, after_script still follows. Throws when the container is gone.
boost::asio::awaitable<Outcome> run_user_stages(Run& run, Workplace& place);

} // namespace ysnp::job
