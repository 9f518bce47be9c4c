#pragma once
#include <string>
#include <string_view>

namespace ysnp::net {

/// A host as it may stand in a URL, in its one canonical spelling: a lower-case DNS name, a dotted IPv4 address or an
/// IPv6 address without brackets. Everything unusual is refused (empty result): decimal, octal or hexadecimal
/// addresses, IPv4-mapped IPv6, zone ids, a trailing dot, percent escapes, anything but letters, digits, '-', '_' and
/// '.'.
std::string canonical_host(std::string_view host);

/// Whether a canonical host is an IP address.
bool is_address(std::string_view host);
/// Whether a canonical host names this machine: localhost, *.localhost, 127.0.0.0/8, ::1.
bool is_loopback(std::string_view host);

} // namespace ysnp::net
