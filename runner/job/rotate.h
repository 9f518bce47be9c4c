#pragma once
#include "runner/job/station.h"
#include <memory>

namespace ysnp::job {

/// Replaces a runner's token at three quarters of its life (GitLab: "Automatically rotate runner authentication
/// tokens"). Returns when the token never expires; else runs until cancelled, which waits for a replacement that has
/// begun: the new token is on disk then. Where the disk does not take it, the runner uses it and tries on.
boost::asio::awaitable<void> rotate_token(std::shared_ptr<Station> station);

} // namespace ysnp::job
