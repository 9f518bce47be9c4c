#pragma once
#include "docker/watch.h"
#include "runner/job/run.h"
#include <string>

namespace ysnp::job {

/// Says in the log of the runner when the Engine's events cannot be read, and when they can again: jobs go on.
docker::WatchOptions watch_options(std::string runner_name);

/// Ends the job (DCK-DRIFT) when somebody else does something to its container, and tells the log and the audit chain.
/// `run` must outlive the guard.
docker::Watch::Guard guard_container(Run& run, const docker::ContainerId& id, const docker::Networking& network);

} // namespace ysnp::job
