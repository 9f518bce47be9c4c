#include "docker/socket_access.h"
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace ysnp::docker {

namespace {

/// The name of the group that owns the file; its number where it has none.
std::string group_of(const std::string& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return {};
    std::vector<char> buffer(16384);
    struct group entry {};
    struct group* found = nullptr;
    if (::getgrgid_r(status.st_gid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->gr_name;
    return std::to_string(status.st_gid);
}

/// Whether all folders on the way let everybody through.
bool reached_by_everybody(const std::string& path)
{
    std::error_code error;
    for (auto folder = std::filesystem::canonical(path, error).parent_path(); !folder.empty();
         folder = folder.parent_path()) {
        struct stat status {};
        if (::stat(folder.c_str(), &status) == 0 && (status.st_mode & S_IXOTH) == 0) return false;
        if (folder == folder.root_path()) break;
    }
    return true;
}

/// Root's group is nobody's to join.
std::string way_in(const std::string& path)
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return "let the user into the folder of the socket";
    if (status.st_gid == 0)
        return "give the socket a group of its own (SocketGroup= in its unit) and the user that group";
    const std::string group = group_of(path);
    return "add the user to the group " + group + " that owns it (usermod -aG " + group + " ysnprunner)";
}

} // namespace

SocketAccess socket_access(const std::string& path) noexcept
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno == EACCES ? SocketAccess::denied : SocketAccess::absent;
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) return SocketAccess::denied;
    const bool open = (status.st_mode & S_IWOTH) != 0 && reached_by_everybody(path);
    return open ? SocketAccess::of_everybody : SocketAccess::ours;
}

std::string remedy_of(SocketAccess access, const std::string& path)
{
    if (access == SocketAccess::denied)
        return "the Engine's socket " + path + " is closed to the runner's user: " + way_in(path) +
               ", then restart the runner";
    if (access == SocketAccess::of_everybody)
        return "everybody on this host can use the Engine through " + path +
               ", past the gate and as root: chmod 0660 " + path + ", and SocketMode=0660 in docker.socket";
    return "";
}

} // namespace ysnp::docker
