#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::gitlab {

/// `glrt-…`: made in GitLab's UI or API; anything else is a registration token or a legacy authentication token.
bool is_authentication_token(std::string_view token) noexcept;
/// What may stand in a log: known prefixes dropped, at most 9 characters, nothing of a token shorter than 18.
std::string short_token(std::string_view token);
/// Built-in prefixes of GitLab tokens to mask in traces, whatever features.token_mask_prefixes says.
const std::vector<std::string>& token_prefixes();

} // namespace ysnp::gitlab
