#pragma once
#include <system_error>

namespace ysnp {

/// The classes of failure a caller may choose on. Ask `error.code() == Failure::transient`, never for a single code:
/// a code of Asio, OpenSSL, getaddrinfo, HTTP or ours maps to the conditions it belongs to.
enum class Failure {
    transient = 1, ///< worth another try later: refused, reset, unreachable, end of stream, 429, 5xx, timed_out too
    timed_out,     ///< a Deadline passed
    cancelled,     ///< somebody cancelled the operation
    denied,        ///< the peer knows us and says no: 401, 403
    missing,       ///< the thing asked for does not exist: 404, 410
    conflict,      ///< 409
    protocol,      ///< the peer broke the protocol: malformed, wrong type, wrong media type, unexpected status
    too_large,     ///< a bound on bytes, count or depth was exceeded
    untrusted,     ///< TLS verification failed, or a redirect to another origin
    invalid,       ///< what we were given (an option, a URL, a file) cannot be used
};

const std::error_category& failure_category() noexcept;
std::error_condition make_error_condition(Failure failure) noexcept;

/// Our own codes, for what no library has a code for.
enum class Error {
    bad_url = 1,
    body_too_large,
    header_too_large,
    malformed_reply,
    wrong_media_type,
    redirect_refused,
    deadline_passed,
    operation_cancelled,
    unexpected_end,
    invalid_value,
    proxy_refused,
};
std::error_code make_error_code(Error error) noexcept;

/// The code of an HTTP status that is not a success: maps to denied, missing, conflict, too_large, transient or
/// protocol.
std::error_code http_status_code(unsigned status) noexcept;

} // namespace ysnp

template <>
struct std::is_error_condition_enum<ysnp::Failure> : std::true_type {};
template <>
struct std::is_error_code_enum<ysnp::Error> : std::true_type {};
