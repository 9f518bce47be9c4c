#pragma once
#include "conf/config.h"
#include <filesystem>

namespace ysnp::job {

/// Where secrets and logs of running jobs live: systemd's RuntimeDirectory=, which is kept over a restart of the
/// service and lost at a reboot, else a folder of this user's in memory.
std::filesystem::path runtime_folder();

/// Makes the folders that the configuration and the runtime need, for this user alone where they are new.
void prepare_folders(const conf::Config& config, const std::filesystem::path& runtime);

} // namespace ysnp::job
