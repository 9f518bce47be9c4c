#pragma once
#include "runner/host/notify.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

namespace ysnp::job {

/// Feeds systemd's watchdog as long as the event loop turns and the pool does its work: silence means that one of them
/// hangs, the pool for instance on a state folder that does not answer. Ends by cancellation; returns at once where
/// there is no watchdog. Both must outlive the call.
boost::asio::awaitable<void> feed_watchdog(const host::Notifier& notifier, boost::asio::thread_pool& pool);

} // namespace ysnp::job
