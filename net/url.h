#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::net {

/// scheme, host and port: what credentials belong to (RFC 6454). Host is lower-cased, port always filled in.
struct Origin {
    std::string scheme; // "http", "https" or "unix"
    std::string host;   // for unix: the socket's path
    std::uint16_t port = 0;

    bool secure() const noexcept { return scheme == "https"; }
    std::string to_string() const;
    /// Value of the Host header: port left out where it is the scheme's default.
    std::string host_header() const;
    friend bool operator==(const Origin&, const Origin&) = default;
};

/// An absolute URL (RFC 3986), parsed strictly: no control bytes, no blanks.
struct Url {
    Origin origin;
    std::string user, password; // percent-decoded; empty when there is none
    std::string path;           // as written, begins with '/'
    std::string query;          // as written, without '?'

    /// path and query, for a request line
    std::string target() const;
    /// without user and password
    std::string to_string() const;
};

/// http, https and unix:///path. Throws system_error (Failure::invalid); the message never holds the user part.
Url parse_url(std::string_view text);
/// Resolves a Location header against the URL it answers (RFC 3986 5).
Url resolve(const Url& base, std::string_view reference);

std::string percent_encode(std::string_view text); // everything but unreserved characters
std::string percent_decode(std::string_view text);

} // namespace ysnp::net
