#pragma once
#include "docker/ids.h"
#include <cstdint>
#include <string>
#include <vector>

namespace ysnp::docker {

/// API versions are major.minor; only 1.x exist.
struct ApiVersion {
    int major = 0, minor = 0;
    friend auto operator<=>(const ApiVersion&, const ApiVersion&) = default;
};
std::string to_string(ApiVersion version);

/// What negotiation found.
struct EngineVersion {
    ApiVersion api;            ///< what we speak: the lower of both sides' newest
    ApiVersion newest, oldest; ///< what the Engine offers
    std::string version, os, arch;
};

struct EngineInfo {
    std::string id, os_type, architecture, cgroup_version, cgroup_driver, storage_driver, default_runtime;
    std::vector<std::string> runtimes, security_options, warnings, volume_drivers;
    std::vector<std::string> insecure_registries; // networks and hosts that it talks to without certificates
    bool live_restore = false, pids_limit = false, swap_limit = false;
    int cpus = 0;
    std::uint64_t memory = 0;
};

/// Image inspect. Every part of the image's configuration is optional in newer Engines.
struct ImageInfo {
    ImageId id;
    std::vector<std::string> tags, digests; // RepoTags, RepoDigests
    std::string os, architecture, variant;
    std::uint64_t size = 0;
    std::vector<std::string> entrypoint, command, environment, volumes, exposed_ports;
    std::string user, working_dir;
};

struct VolumeInfo {
    VolumeName name;
    Labels labels;
};

struct NetworkSpec {
    std::string name;
    std::string subnet; // "10.213.0.0/28"; empty: one of the Engine's pools
    Labels labels;
    bool internal = false;
    int mtu = 0;
};

struct NetworkInfo {
    NetworkId id;
    std::string name;
    std::vector<std::string> subnets;
    Labels labels;
    std::vector<std::string> attached; // containers with an endpoint; only inspect fills it
};

} // namespace ysnp::docker
