#pragma once
#include "net/http.h"
#include "net/proxy.h"
#include "net/stream.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <optional>

namespace ysnp::net {

/// How to reach an origin.
struct Route {
    Origin origin;
    std::optional<Proxy> proxy;
    std::chrono::seconds connect_timeout{30}; // resolving and connecting; never beyond the caller's deadline
};

/// Opens a connection: resolves (with a deadline of its own, as getaddrinfo cannot be cancelled), tries each address,
/// asks the proxy for a tunnel where the origin is https, and shakes hands. `trust` is null unless the origin is https.
/// Throws Failure::transient, timed_out, cancelled, untrusted.
boost::asio::awaitable<std::unique_ptr<Stream>> connect(boost::asio::any_io_executor executor, Route route,
                                                        std::shared_ptr<boost::asio::ssl::context> trust,
                                                        Deadline until);

} // namespace ysnp::net
