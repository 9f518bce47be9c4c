#include "runner/git/sandbox.h"
#include "runner/git/sanitized.h"
#include "runner/git/worker_calls.h"
#include <algorithm>
#include <cerrno>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <system_error>

namespace ysnp::git {
namespace {

constexpr rlim_t most_files = 1024; // packs of the cache, a connection, the pipes

void require(int code, const char* what)
{
    if (code != 0) throw std::system_error(errno, std::generic_category(), what);
}

void bound_files()
{
    rlimit limit{};
    require(::getrlimit(RLIMIT_NOFILE, &limit), "read the limit of open files");
    limit.rlim_cur = limit.rlim_max = std::min(limit.rlim_max, most_files);
    require(::setrlimit(RLIMIT_NOFILE, &limit), "set the limit of open files");
}

Sockets sockets_of(const Rights& rights)
{
    if (rights.connect.empty()) return Sockets::none;
    return rights.looks_up_names ? Sockets::tcp_and_udp : Sockets::tcp;
}

} // namespace

int enter_sandbox(const Rights& rights)
{
    require(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
    bound_files();
    if (sanitized) return 0;
    const int landlock = apply_landlock(rights);
    install(compile(worker_calls(sockets_of(rights))));
    return landlock;
}

} // namespace ysnp::git
