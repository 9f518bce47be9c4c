#pragma once
#include "runner/job/station.h"
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace ysnp::job {

/// A job that an earlier run left waiting for people, from its request to its reported result. False where what it
/// needs is not in memory any more: nothing was done. Throws what keeps it from going on.
boost::asio::awaitable<bool> resume_waiting(std::shared_ptr<Station> station, const state::OpenJob& left);

/// Takes the request of such a job back. What goes wrong is said in the log: it runs out by itself.
boost::asio::awaitable<void> withdraw_request(std::shared_ptr<Station> station, const state::OpenJob& left);

} // namespace ysnp::job
