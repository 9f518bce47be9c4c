#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace ysnp::gitlab {

/// What stands for a value that must not be written down.
inline constexpr std::string_view redacted = "[redacted]";

/// Replaces, in place, every token, password and JWT of a payload and the values of its masked and non-public
/// variables; where the job token stands within another text (repo_url), that part of it.
void redact(nlohmann::json& payload, std::string_view job_token);

} // namespace ysnp::gitlab
