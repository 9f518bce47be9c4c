#pragma once
#include <boost/asio/awaitable.hpp>

namespace ysnp::job {

/// Waits for `work` and throws what it throws; `chatter`, which has no end of its own, goes on beside it until then.
boost::asio::awaitable<void> meanwhile(boost::asio::awaitable<void> work, boost::asio::awaitable<void> chatter);

} // namespace ysnp::job
