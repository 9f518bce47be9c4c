#pragma once
#include "docker/pull_policy.h"
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace ysnp::docker {

/// `runners[].docker` of the configuration file. Keys have the names and meanings of gitlab-runner's
/// `[runners.docker]` where there is one. Sizes are bytes; 0 or empty leaves the Engine's own default.
struct Options {
    std::string host = "unix:///var/run/docker.sock"; // Unix sockets only
    std::string image;                                // for jobs that name none
    std::vector<PullPolicy> pull_policy;              // empty: always
    std::vector<PullPolicy> allowed_pull_policies;    // empty: what pull_policy says
    std::vector<std::string> allowed_images;          // glob patterns, "!…" denies; empty: all
    std::string auth_config_file;                     // the operator's registry credentials, as ~/.docker/config.json
    bool recheck_image_rights = false; // a local image still needs the registry's yes, for if-not-present

    std::string network_mode = "job";           // job | none | host | bridge | the name of a network that exists
    std::string network_pool = "10.213.0.0/16"; // private IPv4 range, cut into /28
    int network_spare = 2;                      // networks prepared ahead
    int network_mtu = 0;

    std::string user;                       // runs every job as this user; empty: the job's or the image's
    std::vector<std::string> allowed_users; // what a job may name in image:docker:user; empty: any
    bool disable_entrypoint_overwrite = false;

    bool privileged = false;
    std::vector<std::string> cap_add;  // beside the seven defaults of host_settings.h
    std::vector<std::string> cap_drop; // taken from those
    std::string seccomp_profile;       // absolute path of a JSON profile; empty: the Engine's default
    bool no_new_privileges = true;
    bool read_only = false;  // root file system
    std::string userns_mode; // "host" is refused
    std::string runtime;     // runc, runsc, kata…; must be known to the Engine
    std::string cgroup_parent;

    std::uint64_t memory = 0;
    std::uint64_t memory_swap = 0; // memory and swap together; 0: as much as memory, so no swap
    std::uint64_t memory_reservation = 0;
    double cpus = 0;
    std::int64_t cpu_shares = 0;
    std::string cpuset_cpus;
    std::int64_t pids_limit = 4096;
    std::uint64_t shm_size = 0;
    int oom_score_adjust = 0;

    std::map<std::string, std::string> tmpfs; // path in the container -> mount options ("rw,nosuid,size=1g")
    std::vector<std::string> dns;             // IP addresses
    std::vector<std::string> dns_search;
    std::vector<std::string> extra_hosts; // "name:address"
    std::map<std::string, std::string> container_labels;

    int start_concurrency = 0; // create and start calls at a time; 0: twice the cores
};

/// One mistake: the key below `docker:`, and a sentence with what was found and expected.
struct OptionProblem {
    std::string key;
    std::string message;
};

/// Everything that is wrong with the options; empty when they can be used. Reads seccomp_profile and auth_config_file.
std::vector<OptionProblem> problems(const Options& options);

/// The absolute path behind `host`. Throws system_error (Failure::invalid) for anything but unix:///absolute/path.
std::string socket_path(const Options& options);

} // namespace ysnp::docker
