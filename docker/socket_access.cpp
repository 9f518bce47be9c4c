#include "docker/socket_access.h"
#include <cerrno>
#include <fcntl.h>
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
    if (::stat(path.c_str(), &status) != 0) return "docker";
    std::vector<char> buffer(16384);
    struct group entry {};
    struct group* found = nullptr;
    if (::getgrgid_r(status.st_gid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr)
        return found->gr_name;
    return std::to_string(status.st_gid);
}

} // namespace

SocketAccess socket_access(const std::string& path) noexcept
{
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return errno == EACCES ? SocketAccess::denied : SocketAccess::absent;
    if (::faccessat(AT_FDCWD, path.c_str(), R_OK | W_OK, AT_EACCESS) != 0) return SocketAccess::denied;
    return (status.st_mode & S_IWOTH) != 0 ? SocketAccess::of_everybody : SocketAccess::ours;
}

std::string remedy_of(SocketAccess access, const std::string& path)
{
    if (access == SocketAccess::denied)
        return "the Engine's socket " + path + " is closed to the runner's user: add the user to the group " +
               group_of(path) + " that owns it (usermod -aG " + group_of(path) +
               " ysnprunner), then restart the runner";
    if (access == SocketAccess::of_everybody)
        return "everybody on this host can use the Engine through " + path +
               ", past the gate and as root: chmod 0660 " + path + ", and SocketMode=0660 in docker.socket";
    return "";
}

} // namespace ysnp::docker
