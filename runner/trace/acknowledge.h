#pragma once
#include "runner/trace/job_api.h"
#include <boost/asio/awaitable.hpp>

namespace ysnp::trace {

/// What GitLab answered when we said that we take a job.
enum class Acknowledged {
    start,    ///< it is ours: run it
    canceled, ///< canceled meanwhile: do not start, report failed with job_canceled at once
    lost,     ///< no longer ours: do nothing, send nothing
    refused,  ///< GitLab does not accept it (400 twice): drop it
};

/// `PUT state=running`, which commits a job in two-phase hand-over (gitlab-api.md 2.5). An answer that is no answer
/// (5xx, no connection) counts as `start`: the next touch repeats the acknowledgement. Cancelling throws.
boost::asio::awaitable<Acknowledged> acknowledge(JobApi& api, Deadline until);

/// Renews a job that waits for its preparation: `PUT state=pending` every `every` until cancelled (which throws) or
/// until the job is lost (403), when it returns. Other answers are ignored.
boost::asio::awaitable<void> keep_pending(JobApi& api, std::chrono::milliseconds every = std::chrono::seconds(50));

} // namespace ysnp::trace
