#include "runner/host/process.h"
#include <csignal>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace ysnp::host {

void protect_process()
{
    std::signal(SIGPIPE, SIG_IGN);
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

std::string unprotected()
{
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    if (core.rlim_cur != 0) return "core files are allowed";
    if (::prctl(PR_GET_DUMPABLE) != 0) return "the process is dumpable";
    return {};
}

} // namespace ysnp::host
