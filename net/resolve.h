#pragma once
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace ysnp::net {

using StreamEndpoint = boost::asio::generic::stream_protocol::endpoint;

/// The addresses of a host, in the order to try them. An IP address needs no look-up. getaddrinfo cannot be stopped:
/// at the deadline, or when cancelled, its answer is left to come in unheard, in a thread that keeps nobody waiting:
/// not those who look up other names, nor the end of the program. Throws Failure::transient where there is none,
/// timed_out, cancelled.
boost::asio::awaitable<std::vector<StreamEndpoint>> resolve_host(std::string host, std::uint16_t port, Deadline until);

} // namespace ysnp::net
