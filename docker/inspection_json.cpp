#include "docker/container_json.h"
#include "docker/reply_json.h"

namespace ysnp::docker {

namespace {

using reply::Json;

void read_limits(const Json& from, HostSettings& host)
{
    host.memory = reply::size(from, "Memory");
    host.memory_swap = reply::size(from, "MemorySwap");
    host.memory_reservation = reply::size(from, "MemoryReservation");
    host.nano_cpus = reply::number(from, "NanoCpus");
    host.cpu_shares = reply::number(from, "CpuShares");
    host.cpuset_cpus = reply::text(from, "CpusetCpus");
    host.pids_limit = reply::number(from, "PidsLimit");
    host.shm_size = reply::size(from, "ShmSize");
    host.oom_score_adjust = static_cast<int>(reply::number(from, "OomScoreAdj"));
    host.cgroup_parent = reply::text(from, "CgroupParent");
}

HostSettings read_host(const Json& from)
{
    HostSettings host;
    read_limits(from, host);
    host.privileged = reply::flag(from, "Privileged");
    host.cap_drop = reply::texts(from, "CapDrop");
    host.cap_add = reply::texts(from, "CapAdd");
    host.masked_paths = reply::texts(from, "MaskedPaths");
    host.readonly_paths = reply::texts(from, "ReadonlyPaths");
    host.log_driver = reply::text(reply::member(from, "LogConfig"), "Type");
    host.cgroupns_mode = reply::text(from, "CgroupnsMode");
    host.userns_mode = reply::text(from, "UsernsMode");
    host.runtime = reply::text(from, "Runtime");
    host.init = reply::flag(from, "Init");
    host.read_only = reply::flag(from, "ReadonlyRootfs");
    host.tmpfs = reply::text_map(from, "Tmpfs");
    host.dns = reply::texts(from, "Dns");
    host.dns_search = reply::texts(from, "DnsSearch");
    host.extra_hosts = reply::texts(from, "ExtraHosts");
    host.no_new_privileges = false;
    for (const std::string& option : reply::texts(from, "SecurityOpt")) {
        if (option.starts_with("no-new-privileges") && !option.ends_with("false")) host.no_new_privileges = true;
        if (option.starts_with("seccomp=")) host.seccomp = option.substr(8);
    }
    return host;
}

/// HostConfig.Mounts is what was asked; the Mounts beside it also hold what the image declares.
void read_mounts(const Json& body, Inspection& into)
{
    const Json& mounts = reply::member(body, "Mounts");
    if (!mounts.is_array()) return;
    for (const Json& mount : mounts) {
        const std::string type = reply::text(mount, "Type"), target = reply::text(mount, "Destination");
        if (type == "volume")
            into.mounts.push_back({{reply::text(mount, "Name")}, target, !reply::flag(mount, "RW")});
        else if (type != "tmpfs")
            into.foreign_mounts.push_back(type + " " + reply::text(mount, "Source") + " -> " + target);
    }
}

void read_state(const Json& state, Inspection& into)
{
    into.status = reply::text(state, "Status");
    into.error = reply::text(state, "Error");
    into.running = reply::flag(state, "Running");
    into.oom_killed = reply::flag(state, "OOMKilled");
    into.exit_code = static_cast<int>(reply::number(state, "ExitCode"));
}

void read_config(const Json& config, Inspection& into)
{
    into.user = reply::text(config, "User");
    into.working_dir = reply::text(config, "WorkingDir");
    into.environment = reply::texts(config, "Env");
    into.labels = reply::text_map(config, "Labels");
}

void read_host_config(const Json& host, Inspection& into)
{
    into.host = read_host(host);
    into.network_mode = reply::text(host, "NetworkMode");
    into.pid_mode = reply::text(host, "PidMode");
    into.ipc_mode = reply::text(host, "IpcMode");
    into.uts_mode = reply::text(host, "UTSMode");
    into.security_opt = reply::texts(host, "SecurityOpt");
    into.binds = reply::texts(host, "Binds");
    const Json& devices = reply::member(host, "Devices");
    if (!devices.is_array()) return;
    for (const Json& device : devices) into.devices.push_back(reply::text(device, "PathOnHost"));
}

void read_addresses(const Json& networks, Inspection& into)
{
    if (!networks.is_object()) return;
    for (const auto& network : networks.items())
        into.addresses[network.key()] = reply::text(network.value(), "IPAddress");
}

} // namespace

Inspection parse_inspection(const std::string& call, std::string_view body)
{
    const Json reply = reply::parse(call, body);
    Inspection found;
    found.id.value = reply::text(reply, "Id");
    found.image.value = reply::text(reply, "Image");
    found.name = reply::text(reply, "Name");
    if (found.name.starts_with('/')) found.name.erase(0, 1);
    read_state(reply::member(reply, "State"), found);
    read_config(reply::member(reply, "Config"), found);
    read_host_config(reply::member(reply, "HostConfig"), found);
    read_addresses(reply::member(reply::member(reply, "NetworkSettings"), "Networks"), found);
    read_mounts(reply, found);
    found.exec_ids = reply::texts(reply, "ExecIDs");
    return found;
}

} // namespace ysnp::docker
