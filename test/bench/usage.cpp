#include "test/bench/usage.h"
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

namespace ysnp::bench {
namespace {

/// Fields 16 and 17 of proc(5) stat, in clock ticks: user and system time of children that were waited for.
double seconds_of_children(pid_t process)
{
    std::ifstream in("/proc/" + std::to_string(process) + "/stat");
    std::string line;
    std::getline(in, line);
    const std::size_t name_end = line.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream fields(line.substr(name_end + 1));
    std::string skipped;
    for (int field = 3; field < 16; ++field) fields >> skipped;
    long user = 0, system = 0;
    fields >> user >> system;
    return static_cast<double>(user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

} // namespace

double cpu_seconds(pid_t process)
{
    clockid_t clock{};
    timespec time{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &time) != 0) return 0;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9 + seconds_of_children(process);
}

double own_cpu_seconds(Of whom)
{
    timespec time{};
    ::clock_gettime(whom == Of::thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

Resident resident_kib(pid_t process)
{
    std::ifstream in("/proc/" + std::to_string(process) + "/status");
    Resident found;
    std::string name;
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        fields >> name;
        if (name == "VmRSS:") fields >> found.all;
        if (name == "RssAnon:") fields >> found.own;
    }
    return found;
}

} // namespace ysnp::bench
