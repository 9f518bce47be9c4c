#pragma once
#include "gitlab-api/system_id.h"
#include <filesystem>

namespace ysnp::host {

/// This machine's id in `<state_dir>/.runner_system_id` (gitlab::SystemId). Where root makes the file for a service
/// that runs as somebody else, it belongs to the owner of the state directory. A state directory that does not exist
/// yet is not created: the id then has a warning, and one made from the machine id comes out the same next time.
gitlab::SystemId system_id(const std::filesystem::path& state_dir,
                           const std::filesystem::path& machine_id = "/etc/machine-id");

} // namespace ysnp::host
