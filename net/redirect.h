#pragma once
#include "net/http.h"
#include <optional>
#include <string>

namespace ysnp::net {

inline constexpr int max_redirects = 10;

/// Where to send the same request again: only for 307 and 308, only within the origin, as credentials belong to one
/// origin and other redirects turn a POST into a GET. No redirect: nothing. Any other redirect throws
/// Failure::untrusted with what was answered and that the configured URL is to be corrected; the message never holds a
/// query.
std::optional<std::string> redirected_target(const Origin& origin, const std::string& target, const Response& response);

} // namespace ysnp::net
