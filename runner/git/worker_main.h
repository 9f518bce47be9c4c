#pragma once
#include "runner/git/sources.h"

namespace ysnp::git {

/// The worker's side: hardens the process (no core, dies with its parent, bounded memory), reads one request from
/// `in_fd`, enters its sandbox, does its work, and writes progress, tar bytes and one result to `out_fd`. Returns the
/// exit code of the process: 0 whenever a result was written. Never called in the runner's own process.
int worker_main(int in_fd, int out_fd, const Work& work = bring_repository);

} // namespace ysnp::git
