#pragma once
#include "net/http.h"
#include <optional>
#include <string>

namespace ysnp::net {

/// A forward proxy, reached over plain HTTP.
struct Proxy {
    std::string host;
    std::uint16_t port = 0;
    std::string authorization; // value of Proxy-Authorization; empty when the URL had no user
};

/// The proxy for an origin, or none: unix sockets and loopback hosts never have one, NO_PROXY excludes more. Throws
/// Failure::invalid where the proxy's own URL cannot be used.
std::optional<Proxy> proxy_for(const ProxyOptions& options, const Origin& origin);

/// Whether a NO_PROXY list names the host: `*`, a domain and its subdomains, `.domain` for subdomains only, an address,
/// an address range (CIDR), each with an optional port.
bool no_proxy_matches(std::string_view list, const Origin& origin);

} // namespace ysnp::net
