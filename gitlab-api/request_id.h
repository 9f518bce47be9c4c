#pragma once
#include <string>

namespace ysnp::gitlab {

/// 32 hex digits, new for each logical call, so that a line in GitLab's log can be found from ours.
std::string new_request_id();

} // namespace ysnp::gitlab
