#pragma once
#include "runner/job/run.h"
#include "runner/job/workplace.h"
#include <memory>

namespace ysnp::job {

/// Makes the workplace and brings the sources into it. Both begin at once: the git worker fetches while the container
/// starts, and its stream waits for the agent. What the worker says goes into the log's own section, in order.
/// `place` is set as soon as there is one. Throws JobError when the sources cannot be had.
boost::asio::awaitable<void> prepare_with_sources(Run& run, std::unique_ptr<Workplace>& place);

} // namespace ysnp::job
