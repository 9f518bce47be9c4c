#pragma once
#include <cstdint>
#include <sys/types.h>

namespace ysnp::bench {

/// Seconds of CPU that a process and its ended children have used.
double cpu_seconds(pid_t process);

/// Seconds of CPU of this process, or of the calling thread.
enum class Of { process, thread };
double own_cpu_seconds(Of whom);

/// Resident memory of a process in KiB (proc(5), VmRSS), and the part of it that is its own (RssAnon): the rest is the
/// program's file and its libraries.
struct Resident {
    double all = 0, own = 0;
};
Resident resident_kib(pid_t process);

} // namespace ysnp::bench
