#include "runner/state/own_file.h"
#include "runner/state/fault.h"
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::state {

const std::filesystem::path& own_file(const std::filesystem::path& file, const char* what)
{
    const std::string name = std::string(what) + " " + file.string();
    const int handle = ::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
    if (handle < 0 && (errno == EACCES || errno == EPERM || errno == EROFS || errno == ENOENT))
        raise(Fault::no_access, name + ": cannot be opened; state_dir must exist and belong to the runner's user");
    if (handle < 0 && errno == ELOOP) raise(Fault::not_ours, name + ": is a symbolic link; remove it");
    if (handle < 0) raise_system(name);
    struct stat status {};
    const bool known = ::fstat(handle, &status) == 0;
    ::close(handle);
    const bool ours = status.st_uid == ::geteuid() || ::geteuid() == 0; // root repairs the service's state
    if (!known || !S_ISREG(status.st_mode) || !ours || (status.st_mode & 022) != 0)
        raise(Fault::not_ours, name + ": must be a plain file that only the runner's user can write (chmod 600)");
    return file;
}

} // namespace ysnp::state
