#include "runner/git/worker_main.h"
#include "runner/git/sanitized.h"
#include "runner/git/sources.h"
#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ysnp::git {
namespace {

void bound(__rlimit_resource resource, rlim_t value)
{
    const rlimit limit{value, value};
    ::setrlimit(resource, &limit);
}

/// Before anything is read: no core file, no life after the parent's.
void harden()
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_DUMPABLE, 0);
    bound(RLIMIT_CORE, 0);
    ::umask(077);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN); // a file beyond its bound is an error of write()
}

void apply(const Limits& limits)
{
    bound(RLIMIT_FSIZE,
          limits.pack_bytes * 4 + (64u << 20)); // a pack's deltas on other packs' objects are completed in it
    if (!sanitized) bound(RLIMIT_AS, limits.memory_bytes);
}

} // namespace

int worker_main(int in_fd, int out_fd, const Work& work)
{
    harden();
    try {
        SourceRequest request = request_from_json(read_frame(in_fd, FrameType::request));
        std::string token = read_frame(in_fd, FrameType::token);
        request.token = take_secret(token);
        apply(request.limits);
        WorkerOutput output(out_fd);
        output.result(bring_sources(request, output, work));
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "git-worker: %s\n", error.what());
        return 1;
    }
}

} // namespace ysnp::git
