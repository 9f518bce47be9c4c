#pragma once
#include "runner/job/station.h"
#include <memory>

namespace ysnp::job {

/// Replaces a runner's token at three quarters of its life (GitLab: "Automatically rotate runner authentication
/// tokens"): the new one is on disk before it is used. Returns when the token never expires; else runs until cancelled.
boost::asio::awaitable<void> rotate_token(std::shared_ptr<Station> station);

} // namespace ysnp::job
