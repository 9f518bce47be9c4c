#pragma once
#include "net/http.h"
#include <chrono>
#include <optional>

namespace ysnp::net {

/// 408, 429, 500, 502, 503, 504 and everything from 512 on; not 501, 505 to 511, nor any other 4xx.
bool worth_retrying(unsigned status) noexcept;

/// What the server asks for: `RateLimit-ResetTime` (an RFC 1123 date), else `Retry-After` in whole seconds. Dates in
/// the past, zero, negative numbers, HTTP dates in Retry-After and garbage give nothing.
std::optional<std::chrono::seconds> asked_pause(const Response& response, std::chrono::system_clock::time_point now);

/// The wait before the next attempt: what the server asks for, else exponential from first_pause with factor 2 up to a
/// minute, of which `jitter` (0 to 1) chooses a point in the upper half. Never more than longest_pause.
std::chrono::milliseconds retry_pause(const RetryOptions& options, int attempts_made, const Response& response,
                                      std::chrono::system_clock::time_point now, double jitter);

/// `Wed, 21 Oct 2015 07:28:00 GMT` (RFC 9110 5.6.7, the preferred form).
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

} // namespace ysnp::net
