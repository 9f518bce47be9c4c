#pragma once
#include <string_view>

namespace ysnp::checks {

/// `*` stands for any text without a slash, `**` for any text; everything else for itself. The whole text must match.
bool matches(std::string_view pattern, std::string_view text) noexcept;

} // namespace ysnp::checks
