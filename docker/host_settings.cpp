#include "docker/host_settings.h"
#include "docker/engine_error.h"
#include "docker/reply_json.h"
#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

namespace ysnp::docker {

namespace {

constexpr std::size_t largest_profile = 1u << 20;

std::string read_profile(const std::string& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) throw configuration_error("docker.seccomp_profile", "cannot read \"" + path + "\"");
    std::string text(std::istreambuf_iterator<char>(file), {});
    if (text.size() > largest_profile)
        throw configuration_error("docker.seccomp_profile", "\"" + path + "\" is larger than 1 MiB");
    const auto profile = reply::Json::parse(text, nullptr, false);
    if (!profile.is_object() || !profile.contains("defaultAction"))
        throw configuration_error("docker.seccomp_profile",
                                  "\"" + path +
                                      "\" is not a seccomp profile: expected a JSON object with defaultAction");
    return reply::dump(profile);
}

std::string capability(std::string name)
{
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
    return name.starts_with("CAP_") ? name.substr(4) : name;
}

void set_capabilities(const Options& options, HostSettings& host)
{
    for (const std::string& name : options.cap_add) host.cap_add.push_back(capability(name));
    for (const std::string& name : options.cap_drop) {
        if (capability(name) == "ALL") host.cap_add = {};
        std::erase(host.cap_add, capability(name));
    }
    std::sort(host.cap_add.begin(), host.cap_add.end());
    host.cap_add.erase(std::unique(host.cap_add.begin(), host.cap_add.end()), host.cap_add.end());
}

void set_limits(const Options& options, HostSettings& host)
{
    host.memory = options.memory;
    host.memory_swap = options.memory_swap != 0 ? options.memory_swap : options.memory;
    host.memory_reservation = options.memory_reservation;
    host.nano_cpus = std::llround(options.cpus * 1e9);
    host.cpu_shares = options.cpu_shares;
    host.cpuset_cpus = options.cpuset_cpus;
    host.pids_limit = options.pids_limit;
    host.shm_size = options.shm_size;
    host.oom_score_adjust = options.oom_score_adjust;
    host.cgroup_parent = options.cgroup_parent;
}

} // namespace

HostSettings host_settings(const Options& options)
{
    HostSettings host;
    set_limits(options, host);
    set_capabilities(options, host);
    host.privileged = options.privileged;
    host.no_new_privileges = options.no_new_privileges && !options.privileged;
    if (!options.seccomp_profile.empty()) host.seccomp = read_profile(options.seccomp_profile);
    // The Engine's own lists, and what else of the kernel shows the host or its keys.
    host.masked_paths = {"/proc/acpi",        "/proc/asound",  "/proc/interrupts",
                         "/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
                         "/proc/sched_debug", "/proc/scsi",    "/proc/timer_list",
                         "/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap"};
    host.readonly_paths = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"};
    host.userns_mode = options.userns_mode;
    host.runtime = options.runtime;
    host.read_only = options.read_only;
    host.tmpfs = options.tmpfs;
    host.dns = options.dns;
    host.dns_search = options.dns_search;
    host.extra_hosts = options.extra_hosts;
    return host;
}

} // namespace ysnp::docker
