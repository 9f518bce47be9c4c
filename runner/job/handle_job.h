#pragma once
#include "runner/job/station.h"
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

namespace ysnp::job {

/// One job from GitLab's answer to its reported result: decoded, in the journal, acknowledged, judged, recorded, run,
/// reported. `body` is the 201 of jobs/request and is wiped. Never throws but for cancellation: a job that cannot be
/// handled is failed at GitLab where that is possible, and always said in the log.
boost::asio::awaitable<void> handle_job(std::shared_ptr<Station> station, std::string body, Slots::Place place);

} // namespace ysnp::job
