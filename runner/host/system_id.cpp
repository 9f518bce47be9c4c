#include "runner/host/system_id.h"
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::host {

gitlab::SystemId system_id(const std::filesystem::path& state_dir, const std::filesystem::path& machine_id)
{
    const auto file = state_dir / ".runner_system_id";
    gitlab::SystemId id = gitlab::load_system_id(file, machine_id);
    struct stat folder {};
    if (::geteuid() == 0 && ::stat(state_dir.c_str(), &folder) == 0 && folder.st_uid != 0)
        if (::lchown(file.c_str(), folder.st_uid, folder.st_gid) != 0 && id.warning.empty())
            id.warning = "cannot hand " + file.string() + " to the owner of " + state_dir.string();
    return id;
}

} // namespace ysnp::host
