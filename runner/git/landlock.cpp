#include "runner/git/landlock.h"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace ysnp::git {
namespace {

// The kernel's interface (include/uapi/linux/landlock.h): older headers know a part of it only.
constexpr int newest_known = 6;
constexpr std::uint64_t write_file = 1u << 1, read_file = 1u << 2, read_dir = 1u << 3, remove_dir = 1u << 4,
                        remove_file = 1u << 5, make_dir = 1u << 7, make_regular = 1u << 8, refer = 1u << 13,
                        truncate = 1u << 14, ioctl_device = 1u << 15;
constexpr std::uint64_t first_files = (1u << 13) - 1; // version 1: execute and the making of each kind of file as well
constexpr std::uint64_t bind_tcp = 1u << 0, connect_tcp = 1u << 1;
constexpr std::uint64_t abstract_sockets = 1u << 0, signals = 1u << 1;

struct Ruleset {
    std::uint64_t files, network, scoped;
};
struct [[gnu::packed]] PathRule {
    std::uint64_t allowed;
    std::int32_t parent;
};
struct PortRule {
    std::uint64_t allowed, port;
};
constexpr int path_beneath = 1, net_port = 2;

std::uint64_t file_rights(int version)
{
    return first_files | (version >= 2 ? refer : 0) | (version >= 3 ? truncate : 0) | (version >= 5 ? ioctl_device : 0);
}

class Fd {
public:
    explicit Fd(long fd) : fd_(static_cast<int>(fd)) {}
    ~Fd()
    {
        if (fd_ >= 0) ::close(fd_);
    }
    Fd(const Fd&) = delete;
    int get() const { return fd_; }

private:
    int fd_;
};

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

Fd make_ruleset(int version)
{
    Ruleset attributes{file_rights(version), version >= 4 ? bind_tcp | connect_tcp : 0,
                       version >= 6 ? abstract_sockets | signals : 0};
    const std::size_t size = version >= 6 ? sizeof attributes : version >= 4 ? 16 : 8;
    const long fd = ::syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (fd < 0) fail("Landlock: make a set of rules");
    return Fd(fd);
}

void allow(const Fd& ruleset, const std::string& path, std::uint64_t access)
{
    const Fd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (place.get() < 0 && (errno == ENOENT || errno == ENOTDIR || errno == EACCES || errno == ELOOP))
        return; // nothing is granted
    if (place.get() < 0) fail("Landlock: open " + path);
    const PathRule rule{access, place.get()};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), path_beneath, &rule, 0) != 0) fail("Landlock: allow " + path);
}

void allow_port(const Fd& ruleset, std::uint16_t port)
{
    const PortRule rule{connect_tcp, port};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), net_port, &rule, 0) != 0)
        fail("Landlock: allow port " + std::to_string(port));
}

/// Negative, with errno, where the kernel has none.
long version_of_kernel() noexcept
{
    constexpr int ask_for_version = 1;
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_for_version);
}

} // namespace

int landlock_version() noexcept
{
    const long version = version_of_kernel();
    return version < 2 ? 0 : static_cast<int>(std::min<long>(version, newest_known));
}

int apply_landlock(const Rights& rights)
{
    // ENOSYS and EOPNOTSUPP are the kernel's words; EPERM is a filter's that somebody put on the service
    if (version_of_kernel() < 0 && errno == EPERM) fail("Landlock: use it");
    const int version = landlock_version();
    if (version == 0) return 0;
    const Fd ruleset = make_ruleset(version);
    for (const std::string& path : rights.read) allow(ruleset, path, read_file);
    for (const std::string& path : rights.list) allow(ruleset, path, read_dir);
    const std::uint64_t change =
        read_file | read_dir | write_file | remove_file | remove_dir | make_dir | make_regular | refer | truncate;
    for (const std::string& path : rights.write) allow(ruleset, path, change & file_rights(version));
    if (version >= 4)
        for (const std::uint16_t port : rights.connect) allow_port(ruleset, port);
    if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) fail("Landlock: apply the rules");
    return version;
}

} // namespace ysnp::git
