#pragma once
#include <chrono>
#include <optional>
#include <string_view>

namespace ysnp::pipeline {

/// "3h 30m", "90 minutes", "1 day and 2 hours", "3600" (seconds), as GitLab's `timeout:` takes them; nothing for other
/// text, 0 and more than a month.
std::optional<std::chrono::seconds> parse_duration(std::string_view text);

} // namespace ysnp::pipeline
