#include "attacker.h"
#include "net/url.h"
#include "runner/git/syscall_filter.h"
#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdlib>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <map>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

namespace ysnp::git::testing {
namespace {

namespace fs = std::filesystem;

/// Collects how each try ended: 0 or its errno.
class Tries {
public:
    void note(const std::string& name, bool worked) { add(name, worked ? 0 : errno); }
    void add(const std::string& name, int error) { text_ += name + "=" + std::to_string(error) + " "; }
    void call(const std::string& name, long outcome) { note(name, outcome != -1); }
    const std::string& text() const { return text_; }

private:
    std::string text_;
};

void read_elsewhere(Tries& tries, const fs::path& site)
{
    tries.call("read_shadow", ::open("/etc/shadow", O_RDONLY));
    tries.call("read_passwd", ::open("/etc/passwd", O_RDONLY));
    tries.call("read_other_project", ::open((site / "other/secret").c_str(), O_RDONLY));
    tries.call("read_parent", ::open(("/proc/" + std::to_string(::getppid()) + "/environ").c_str(), O_RDONLY));
    tries.note("list_site", ::opendir(site.c_str()) != nullptr);
}

void write_elsewhere(Tries& tries, const fs::path& site, const fs::path& cache)
{
    const std::string secret = site / "other/secret", inside = cache / "inside";
    tries.call("make_file", ::open((site / "made").c_str(), O_CREAT | O_WRONLY, 0600));
    tries.call("make_folder", ::mkdir((site / "made").c_str(), 0700));
    tries.call("overwrite", ::open(secret.c_str(), O_WRONLY));
    tries.call("truncate", ::truncate(secret.c_str(), 0));
    tries.call("remove", ::unlink(secret.c_str()));
    tries.call("move_in", ::rename(secret.c_str(), inside.c_str()));
    tries.call("link_in", ::link(secret.c_str(), inside.c_str()));
    tries.call("open_up", ::chmod(secret.c_str(), 0644));
    tries.call("lock_out", ::chmod(secret.c_str(), 0));
    tries.call("symlink", ::symlink("/etc", inside.c_str()));
    tries.call("fifo", ::mkfifo(inside.c_str(), 0600));
    tries.call("write_inside", ::open(inside.c_str(), O_CREAT | O_WRONLY, 0600));
}

int tcp_to(std::uint16_t port, bool fast)
{
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* address = reinterpret_cast<const sockaddr*>(&to);
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    if (fast) return static_cast<int>(::sendto(fd, "x", 1, MSG_FASTOPEN, address, sizeof to));
    return ::connect(fd, address, sizeof to);
}

void reach_out(Tries& tries, std::uint16_t remote, std::uint16_t other)
{
    tries.call("connect_remote", tcp_to(remote, false));
    tries.call("connect_other", tcp_to(other, false));
    tries.call("fast_open_other", tcp_to(other, true));
    tries.call("bind", ::bind(::socket(AF_INET, SOCK_STREAM, 0), nullptr, 0));
    tries.call("listen", ::listen(::socket(AF_INET, SOCK_STREAM, 0), 1));
    tries.call("udp", ::socket(AF_INET, SOCK_DGRAM, 0));
    tries.call("mptcp", ::socket(AF_INET, SOCK_STREAM, 262));
    tries.call("raw", ::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
    tries.call("unix", ::socket(AF_UNIX, SOCK_STREAM, 0));
    tries.call("netlink", ::socket(AF_NETLINK, SOCK_RAW, 0));
    tries.call("alg", ::socket(AF_ALG, SOCK_SEQPACKET, 0));
    tries.call("vsock", ::socket(AF_VSOCK, SOCK_STREAM, 0));
    int pair[2];
    tries.call("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}

void touch_processes(Tries& tries)
{
    tries.call("kill_parent", ::kill(::getppid(), 0));
    tries.call("signal_parent", ::syscall(SYS_tgkill, ::getppid(), ::getppid(), 0));
    tries.call("pidfd_parent", ::syscall(SYS_pidfd_open, ::getppid(), 0));
    tries.call("outlive_parent", ::setsid());
    tries.call("fork", ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    tries.call("clone3", ::syscall(SYS_clone3, &arguments, sizeof arguments));
    tries.call("namespace", ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, nullptr));
    pthread_t thread{};
    tries.add("thread", ::pthread_create(
                            &thread, nullptr, [](void*) -> void* { return nullptr; }, nullptr));
    ::pthread_join(thread, nullptr);
}

void bring_code(Tries& tries)
{
    constexpr int size = 4096, own = MAP_PRIVATE | MAP_ANONYMOUS;
    tries.note("map_code", ::mmap(nullptr, size, PROT_READ | PROT_WRITE | PROT_EXEC, own, -1, 0) != MAP_FAILED);
    void* data = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, own, -1, 0);
    tries.call("make_code", ::mprotect(data, size, PROT_READ | PROT_EXEC));
    tries.call("memfd", ::syscall(SYS_memfd_create, "code", 0));
    const rlimit more{4096, 4096};
    tries.call("more_files", ::setrlimit(RLIMIT_NOFILE, &more));
}

/// Calls that nothing but an attack makes. Those return only if they were not caught.
void make_fatal_call(const std::string& name)
{
    const std::map<std::string, long> calls{{"execve", SYS_execve},
                                            {"execveat", SYS_execveat},
                                            {"ptrace", SYS_ptrace},
                                            {"process_vm_readv", SYS_process_vm_readv},
                                            {"mount", SYS_mount},
                                            {"unshare", SYS_unshare},
                                            {"bpf", SYS_bpf},
                                            {"keyctl", SYS_keyctl},
                                            {"io_uring_setup", SYS_io_uring_setup},
                                            {"userfaultfd", SYS_userfaultfd},
                                            {"perf_event_open", SYS_perf_event_open},
                                            {"other_numbers", 0x40000000 | SYS_getpid}};
    ::syscall(calls.at(name), nullptr, nullptr, nullptr, nullptr, nullptr, nullptr);
}

} // namespace

void forbid_landlock()
{
    sock_filter code[]{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                       BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_landlock_create_ruleset, 0, 1),
                       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
                       BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    install({std::begin(code), std::end(code)});
}

void attack(const SourceRequest& request, WorkerOutput&, SourceResult& result)
{
    Tries tries;
    if (!request.user_agent.starts_with("calls ")) {
        make_fatal_call(request.user_agent);
        tries.note("survived_" + request.user_agent, false);
    } else {
        const fs::path cache = request.cache_dir, site = cache.parent_path();
        const auto other = static_cast<std::uint16_t>(std::atoi(request.user_agent.c_str() + 6));
        read_elsewhere(tries, site);
        write_elsewhere(tries, site, cache);
        reach_out(tries, net::parse_url(request.repo_url).origin.port, other);
        touch_processes(tries);
        bring_code(tries);
    }
    result.error = SourceError::host;
    result.exit_code = 1;
    result.message = tries.text();
}

} // namespace ysnp::git::testing
