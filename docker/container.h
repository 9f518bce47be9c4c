#pragma once
#include "docker/host_settings.h"
#include "docker/ids.h"
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ysnp::docker {

/// A named volume in the container. The image's content at `target` is not copied into it.
struct VolumeMount {
    VolumeName volume;
    std::string target;
    bool read_only = false;
};

struct NoNetwork {};
struct HostNetwork {};
/// A user-defined network, by id (or the name of one that the configuration names), with the names it answers to there.
struct JoinNetwork {
    std::string network;
    std::vector<std::string> aliases;
};
using Networking = std::variant<NoNetwork, HostNetwork, JoinNetwork>;

/// What standard input is: none, ended by the first half-close, or open across lost connections (so that a restarted
/// runner can go on writing).
enum class Input { none, once, kept };

/// Everything that create is told. Only `host` and `mounts` become HostConfig, and neither comes from a job.
struct ContainerSpec {
    std::string name; // unique: how a container is found whose answer was lost
    ImageId image;    // by id, never by tag
    std::string platform;
    std::optional<std::vector<std::string>> entrypoint; // {} or {""} clears the image's
    std::vector<std::string> command;
    std::vector<std::string> environment; // NAME=value; nothing secret: inspect shows it
    std::string user, working_dir, hostname;
    std::string stop_signal = "SIGTERM";
    Input input = Input::kept;
    Labels labels;
    std::vector<VolumeMount> mounts;
    Networking network = NoNetwork{};
    HostSettings host;
};

struct Created {
    ContainerId id;
    std::vector<std::string> warnings; // of the Engine, such as a limit that it discarded
};

/// `wait`: the code is only a result when the container had been started and nobody removed it.
struct Exit {
    int code = -1;
    std::string error;
};

/// What inspect says. Absent fields have their defaults: newer Engines leave many out.
struct Inspection {
    ContainerId id;
    ImageId image;
    std::string name, status, error; // status: created, running, paused, restarting, removing, exited, dead
    bool running = false, oom_killed = false;
    int exit_code = 0;
    std::string user, working_dir;
    std::vector<std::string> environment;
    Labels labels;
    std::string network_mode, pid_mode, ipc_mode, uts_mode;
    std::map<std::string, std::string> addresses; // network name -> IPv4 address
    std::vector<VolumeMount> mounts;
    std::vector<std::string> foreign_mounts; // "bind /etc -> /etc": what is not a volume of local kind or tmpfs
    HostSettings host;
    std::vector<std::string> security_opt, binds, devices;
    std::vector<std::string> exec_ids;
};

struct ContainerSummary {
    ContainerId id;
    std::string name, state;
    Labels labels;
};

/// Where a created container differs from what was asked, one sentence each; empty when it does not. Pure.
std::vector<std::string> drift(const ContainerSpec& asked, const Inspection& found);

} // namespace ysnp::docker
