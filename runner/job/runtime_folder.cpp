#include "runner/job/runtime_folder.h"
#include <cstdlib>
#include <unistd.h>

namespace ysnp::job {
namespace {

void make_private(const std::filesystem::path& folder)
{
    if (folder.empty() || std::filesystem::exists(folder)) return;
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
}

} // namespace

std::filesystem::path runtime_folder()
{
    if (const char* given = std::getenv("RUNTIME_DIRECTORY"); given != nullptr && *given != '\0') return given;
    return "/dev/shm/ysnprunner-" + std::to_string(::geteuid());
}

void prepare_folders(const conf::Config& config, const std::filesystem::path& runtime)
{
    make_private(config.state_dir);
    make_private(runtime);
    make_private(config.audit_file.parent_path());
}

} // namespace ysnp::job
