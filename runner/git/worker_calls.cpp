#include "runner/git/worker_calls.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace ysnp::git {
namespace {

constexpr std::uint32_t all = 0xFFFFFFFF;
constexpr std::uint32_t mode_bits = 07477,
                        owner_reads = 0400;       // no mode that gives others anything, or takes a file away
constexpr std::uint32_t fast_open = MSG_FASTOPEN; // connects without connect(), past Landlock's rules

void allow(CallRules& rules, std::initializer_list<long> calls)
{
    for (const long call : calls) rules.allowed.push_back({call});
}

/// Which file it is is Landlock's to judge, but for a file's mode and times, which Landlock does not know.
void allow_files(CallRules& rules)
{
    allow(rules,
          {SYS_close,     SYS_copy_file_range, SYS_dup,      SYS_dup3,    SYS_faccessat, SYS_faccessat2, SYS_fadvise64,
           SYS_fallocate, SYS_fdatasync,       SYS_flock,    SYS_fstat,   SYS_fstatfs,   SYS_fsync,      SYS_ftruncate,
           SYS_getcwd,    SYS_getdents64,      SYS_linkat,   SYS_lseek,   SYS_mkdirat,   SYS_newfstatat, SYS_openat,
           SYS_pread64,   SYS_preadv,          SYS_pwrite64, SYS_pwritev, SYS_read,      SYS_readlinkat, SYS_readv,
           SYS_renameat,  SYS_renameat2,       SYS_sendfile, SYS_statfs,  SYS_statx,     SYS_umask,      SYS_unlinkat,
           SYS_utimensat, SYS_write,           SYS_writev});
#if defined(__x86_64__) // arm64 has the forms with a folder only
    allow(rules, {SYS_access, SYS_dup2, SYS_link, SYS_lstat, SYS_mkdir, SYS_open, SYS_readlink, SYS_rename, SYS_rmdir,
                  SYS_stat, SYS_unlink});
    rules.allowed.push_back({SYS_chmod, {{1, mode_bits, {owner_reads}}}});
#endif
    rules.allowed.push_back({SYS_fchmod, {{1, mode_bits, {owner_reads}}}});
    rules.allowed.push_back({SYS_fchmodat, {{2, mode_bits, {owner_reads}}}});
    rules.allowed.push_back({SYS_fcntl, {{1, all, {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL}}}});
    rules.allowed.push_back({SYS_ioctl, {{1, all, {FIONBIO, FIONREAD}}}});
}

void allow_memory(CallRules& rules)
{
    allow(rules, {SYS_brk, SYS_madvise, SYS_mremap, SYS_munmap});
    rules.allowed.push_back({SYS_mmap, {{2, PROT_WRITE | PROT_EXEC, {0, PROT_WRITE, PROT_EXEC}}}});
    rules.allowed.push_back({SYS_mprotect, {{2, PROT_EXEC, {0}}}});
}

void allow_process(CallRules& rules)
{
    allow(rules, {SYS_clock_getres, SYS_clock_gettime,   SYS_clock_nanosleep, SYS_exit,
                  SYS_exit_group,   SYS_futex,           SYS_getegid,         SYS_geteuid,
                  SYS_getgid,       SYS_getpid,          SYS_getppid,         SYS_getrandom,
                  SYS_getrusage,    SYS_gettid,          SYS_gettimeofday,    SYS_getuid,
                  SYS_membarrier,   SYS_nanosleep,       SYS_restart_syscall, SYS_rseq,
                  SYS_rt_sigaction, SYS_rt_sigprocmask,  SYS_rt_sigreturn,    SYS_sched_getaffinity,
                  SYS_sched_yield,  SYS_set_robust_list, SYS_sigaltstack,     SYS_sysinfo,
                  SYS_uname});
#if defined(__x86_64__)
    allow(rules, {SYS_time});
#endif
    rules.allowed.push_back({SYS_prlimit64, {{0, all, {0}}}});
    rules.allowed.push_back({SYS_tgkill, {{0, all, {static_cast<std::uint32_t>(::getpid())}}}}); // abort()
    constexpr std::uint32_t thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |
                                     CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
    rules.allowed.push_back({SYS_clone, {{0, all & ~CLONE_DETACHED, {thread}}}});
}

void allow_sockets(CallRules& rules, Sockets sockets)
{
    allow(rules, {SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_eventfd2, SYS_pipe2, SYS_ppoll,
                  SYS_timerfd_create, SYS_timerfd_settime});
#if defined(__x86_64__)
    allow(rules, {SYS_epoll_wait, SYS_poll});
#endif
    if (sockets == Sockets::none) return;
    allow(rules, {SYS_connect, SYS_getpeername, SYS_getsockname, SYS_getsockopt, SYS_recvfrom, SYS_recvmsg,
                  SYS_setsockopt, SYS_shutdown});
    rules.allowed.push_back({SYS_sendto, {{3, fast_open, {0}}}});
    rules.allowed.push_back({SYS_sendmsg, {{2, fast_open, {0}}}});
    rules.allowed.push_back({SYS_sendmmsg, {{3, fast_open, {0}}}});
    Argument kind{1, 0xF, {SOCK_STREAM}};
    if (sockets == Sockets::tcp_and_udp) kind.values.push_back(SOCK_DGRAM);
    const Argument family{0, all, {AF_INET, AF_INET6}}, protocol{2, all, {0, IPPROTO_TCP, IPPROTO_UDP}};
    rules.allowed.push_back({SYS_socket, {family, kind, protocol}});
}

} // namespace

CallRules worker_calls(Sockets sockets)
{
    CallRules rules;
    allow_files(rules);
    allow_memory(rules);
    allow_process(rules);
    allow_sockets(rules, sockets);
    rules.refused = {SYS_kill,    SYS_tkill,   SYS_socket,    SYS_socketpair, SYS_bind,   SYS_listen, SYS_accept,
                     SYS_accept4, SYS_mknodat, SYS_symlinkat, SYS_prctl,      SYS_setsid, SYS_setpgid};
#if defined(__x86_64__)
    rules.refused.insert(rules.refused.end(), {SYS_fork, SYS_vfork, SYS_mknod, SYS_symlink});
#endif
    rules.fatal = {SYS_execve,
                   SYS_execveat,
                   SYS_ptrace,
                   SYS_process_vm_readv,
                   SYS_process_vm_writev,
                   SYS_bpf,
                   SYS_keyctl,
                   SYS_add_key,
                   SYS_request_key,
                   SYS_mount,
                   SYS_umount2,
                   SYS_pivot_root,
                   SYS_chroot,
                   SYS_unshare,
                   SYS_setns,
                   SYS_io_uring_setup,
                   SYS_io_uring_enter,
                   SYS_io_uring_register,
                   SYS_userfaultfd,
                   SYS_perf_event_open,
                   SYS_init_module,
                   SYS_finit_module,
                   SYS_delete_module,
                   SYS_kexec_load,
                   SYS_pidfd_getfd,
                   SYS_open_by_handle_at,
                   SYS_setuid,
                   SYS_setresuid,
                   SYS_capset,
                   SYS_personality};
    return rules;
}

} // namespace ysnp::git
