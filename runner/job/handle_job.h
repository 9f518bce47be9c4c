#pragma once
#include "gitlab-api/job_reply.h"
#include "runner/job/station.h"
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace ysnp::job {

/// One job from GitLab's answer (a 201 of jobs/request) to its reported result: decoded, judged, in the journal,
/// acknowledged, recorded, run, reported. Never throws but for cancellation: a job that cannot be
/// handled is failed at GitLab where that is possible, and always said in the log.
boost::asio::awaitable<void> handle_job(std::shared_ptr<Station> station, gitlab::JobReply reply, Slots::Place place);

} // namespace ysnp::job
