#pragma once
#include "runner/trace/job_api.h"
#include <boost/asio/awaitable.hpp>
#include <chrono>

namespace ysnp::trace {

/// `PUT state=running`, which commits a job in two-phase hand-over (gitlab-api.md 2.5); repeated once after a 400. An
/// answer that is none (5xx, no connection) counts as `start`: the next touch repeats the acknowledgement. Never
/// returns `repeat`. Cancelling throws.
boost::asio::awaitable<gitlab::Acknowledgement> acknowledge(JobApi& api, Deadline until);

/// Renews a job that waits for its preparation: `PUT state=pending` at each `every`, until cancelled (which throws) or
/// until GitLab says that the job is not ours any more, when it returns. Other answers are ignored.
boost::asio::awaitable<void> keep_pending(JobApi& api, std::chrono::milliseconds every = std::chrono::seconds(50));

} // namespace ysnp::trace
