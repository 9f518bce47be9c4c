#pragma once
#include "runner/trace/job_api.h"
#include <boost/asio/awaitable.hpp>

namespace ysnp::trace {

/// `PUT state=running`, which commits a job in two-phase hand-over (gitlab-api.md 2.5); repeated once after a 400. An
/// answer that is none (5xx, no connection) counts as `start`: the next touch repeats the acknowledgement. Never
/// returns `repeat`. Cancelling throws.
boost::asio::awaitable<gitlab::Acknowledgement> acknowledge(JobApi& api, Deadline until);

} // namespace ysnp::trace
