#pragma once
#include "docker/options.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ysnp::docker {

/// What a container gets of the host: the Engine's HostConfig, typed, without mounts and network. It is made from
/// local configuration alone; no byte of a job's payload has a way in. Capabilities are dropped to seven, privileges
/// cannot be gained, the kernel's interfaces are masked, the log driver writes nothing to disk.
struct HostSettings {
    bool privileged = false;
    std::vector<std::string> cap_drop{"ALL"};
    std::vector<std::string> cap_add{"CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID"};
    bool no_new_privileges = true;
    std::string seccomp; // JSON text; empty: the Engine's default filter
    std::vector<std::string> masked_paths;
    std::vector<std::string> readonly_paths;
    std::string log_driver = "none";
    std::string cgroupns_mode = "private";
    std::string userns_mode, runtime, cgroup_parent, cpuset_cpus;
    bool init = false;
    bool read_only = false;
    std::uint64_t memory = 0, memory_swap = 0, memory_reservation = 0, shm_size = 0;
    std::int64_t nano_cpus = 0, cpu_shares = 0, pids_limit = 4096;
    int oom_score_adjust = 0;
    std::map<std::string, std::string> tmpfs;
    std::vector<std::string> dns, dns_search, extra_hosts;
};

/// A pure function of the options but for reading the seccomp profile. Throws EngineError (configuration) where the
/// profile cannot be read or is not a JSON object.
HostSettings host_settings(const Options& options);

} // namespace ysnp::docker
