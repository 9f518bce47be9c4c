#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ysnp::docker {

/// RFC 4648 5, with padding: what X-Registry-Auth needs. The Engine silently ignores any other alphabet.
std::string base64_url(std::string_view bytes);
/// RFC 4648 4 or 5, with or without padding; nothing for anything else.
std::optional<std::string> base64_decode(std::string_view text);

} // namespace ysnp::docker
