#pragma once
#include "runner/job/outcome.h"
#include "runner/job/stop.h"
#include <chrono>

namespace ysnp::job {

/// The outcome of a job that had to end before its time; `timeout` is the job's whole time.
Outcome stopped(Why why, const std::string& detail, std::chrono::seconds timeout);

} // namespace ysnp::job
