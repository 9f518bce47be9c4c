#include "docker/container_json.h"
#include "docker/reply_json.h"

namespace ysnp::docker {

namespace {

using reply::Json;

void set(Json& object, const char* key, const std::string& value)
{
    if (!value.empty()) object[key] = value;
}

template <class Number>
void set_number(Json& object, const char* key, Number value)
{
    if (value != 0) object[key] = value;
}

void set_list(Json& object, const char* key, const std::vector<std::string>& values)
{
    if (!values.empty()) object[key] = values;
}

Json mount_json(const VolumeMount& mount)
{
    return {{"Type", "volume"},
            {"Source", mount.volume.value},
            {"Target", mount.target},
            {"ReadOnly", mount.read_only},
            {"VolumeOptions", {{"NoCopy", true}}}};
}

void add_limits(Json& into, const HostSettings& host)
{
    set_number(into, "Memory", host.memory);
    set_number(into, "MemorySwap", host.memory_swap);
    set_number(into, "MemoryReservation", host.memory_reservation);
    set_number(into, "NanoCpus", host.nano_cpus);
    set_number(into, "CpuShares", host.cpu_shares);
    set(into, "CpusetCpus", host.cpuset_cpus);
    set_number(into, "PidsLimit", host.pids_limit);
    set_number(into, "ShmSize", host.shm_size);
    set_number(into, "OomScoreAdj", host.oom_score_adjust);
    set(into, "CgroupParent", host.cgroup_parent);
}

void add_confinement(Json& into, const HostSettings& host)
{
    into["CgroupnsMode"] = host.cgroupns_mode;
    into["IpcMode"] = "private";
    into["Init"] = host.init;
    into["ReadonlyRootfs"] = host.read_only;
    into["LogConfig"] = {{"Type", host.log_driver}, {"Config", Json::object()}};
    into["RestartPolicy"] = {{"Name", "no"}};
    set(into, "UsernsMode", host.userns_mode);
    set(into, "Runtime", host.runtime);
    Json options = Json::array();
    if (host.no_new_privileges) options.push_back("no-new-privileges");
    if (!host.seccomp.empty()) options.push_back("seccomp=" + host.seccomp);
    into["SecurityOpt"] = std::move(options);
    if (host.privileged) { // the Engine unmasks and grants all; half of both would be neither
        into["Privileged"] = true;
        return;
    }
    into["CapDrop"] = host.cap_drop;
    into["CapAdd"] = host.cap_add;
    into["MaskedPaths"] = host.masked_paths;
    into["ReadonlyPaths"] = host.readonly_paths;
}

std::string network_mode(const Networking& network)
{
    if (std::holds_alternative<HostNetwork>(network)) return "host";
    const auto* join = std::get_if<JoinNetwork>(&network);
    return join ? join->network : "none";
}

Json host_config(const ContainerSpec& spec)
{
    Json host = Json::object();
    add_limits(host, spec.host);
    add_confinement(host, spec.host);
    if (!spec.host.tmpfs.empty()) host["Tmpfs"] = spec.host.tmpfs;
    host["NetworkMode"] = network_mode(spec.network);
    if (std::holds_alternative<JoinNetwork>(spec.network)) {
        set_list(host, "Dns", spec.host.dns);
        set_list(host, "DnsSearch", spec.host.dns_search);
        set_list(host, "ExtraHosts", spec.host.extra_hosts);
    }
    Json mounts = Json::array();
    for (const VolumeMount& mount : spec.mounts) mounts.push_back(mount_json(mount));
    host["Mounts"] = std::move(mounts);
    return host;
}

void add_endpoint(Json& body, const Networking& network)
{
    const auto* join = std::get_if<JoinNetwork>(&network);
    if (!join || join->aliases.empty()) return;
    body["NetworkingConfig"]["EndpointsConfig"][join->network] = {{"Aliases", join->aliases}};
}

void add_input(Json& body, Input input)
{
    body["AttachStdin"] = input != Input::none;
    body["OpenStdin"] = input != Input::none;
    body["StdinOnce"] = input == Input::once;
    body["AttachStdout"] = true;
    body["AttachStderr"] = true;
    body["Tty"] = false;
}

} // namespace

std::string create_body(const ContainerSpec& spec)
{
    Json body = Json::object();
    body["Image"] = spec.image.value;
    if (spec.entrypoint)
        body["Entrypoint"] = spec.entrypoint->empty() ? std::vector<std::string>{""} : *spec.entrypoint;
    set_list(body, "Cmd", spec.command);
    set_list(body, "Env", spec.environment);
    set(body, "User", spec.user);
    set(body, "WorkingDir", spec.working_dir);
    if (!std::holds_alternative<HostNetwork>(spec.network)) set(body, "Hostname", spec.hostname);
    set(body, "StopSignal", spec.stop_signal);
    body["Labels"] = spec.labels;
    body["Healthcheck"] = {{"Test", {"NONE"}}};
    add_input(body, spec.input);
    body["HostConfig"] = host_config(spec);
    add_endpoint(body, spec.network);
    return reply::dump(body);
}

} // namespace ysnp::docker
