#pragma once
#include "runner/job/run.h"

namespace ysnp::job {

/// The job's sources from its repository, by the git worker. `run` must outlive what is returned.
Sources git_sources(const Run& run);

} // namespace ysnp::job
