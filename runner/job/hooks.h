#pragma once
#include "runner/job/run.h"
#include "runner/job/workplace.h"

namespace ysnp::job {

enum class Hook { pre_get_sources, post_get_sources };

/// Runs the configured and the job's own script around the sources, in the job's container. Throws JobError
/// (script_failure) when it fails.
boost::asio::awaitable<void> run_hook(Run& run, Workplace& place, Hook hook);

} // namespace ysnp::job
