#include "runner/host/examine_engine.h"
#include <algorithm>

namespace ysnp::host {
namespace {

using policy::Finding;
using policy::Findings;
using Level = Finding::Level;

bool mentions(const std::vector<std::string>& options, std::string_view word)
{
    return std::ranges::any_of(options,
                               [&](const std::string& option) { return option.find(word) != std::string::npos; });
}

bool is_loopback(const std::string& registry)
{
    return registry.starts_with("127.") || registry.starts_with("localhost") || registry.starts_with("::1");
}

void examine_confinement(const docker::EngineInfo& info, Findings& findings)
{
    if (!mentions(info.security_options, "seccomp") || mentions(info.security_options, "profile=unconfined"))
        findings.push_back({Level::fail, "engine", "containers run without seccomp",
                            "remove seccomp-profile: unconfined "
                            "from /etc/docker/daemon.json, or use a kernel with seccomp"});
    if (!mentions(info.security_options, "apparmor") && !mentions(info.security_options, "selinux"))
        findings.push_back({Level::warn, "engine", "no AppArmor or SELinux confines containers",
                            "install apparmor and restart the Engine"});
    if (!mentions(info.security_options, "userns") && !mentions(info.security_options, "rootless"))
        findings.push_back({Level::warn, "engine", "root in a container is root of the host's kernel",
                            "userns-remap: default in /etc/docker/daemon.json, or a rootless Engine"});
}

void examine_limits(const docker::EngineInfo& info, Findings& findings)
{
    if (!info.pids_limit)
        findings.push_back({Level::fail, "engine", "cannot limit processes: one job can stop the host",
                            "enable the pids controller of cgroups"});
    if (!info.swap_limit)
        findings.push_back({Level::warn, "engine", "cannot limit swap: a job's memory limit does not cover it",
                            "swapaccount=1 on the kernel's command line, or no swap"});
    if (info.cgroup_version != "2")
        findings.push_back({Level::warn, "engine", "uses cgroups of version 1", "systemd.unified_cgroup_hierarchy=1"});
}

/// Where a mount comes from: "/etc" of "bind /etc -> /data".
std::string source_of(const std::string& mount)
{
    const auto start = mount.find(' ') + 1;
    return mount.substr(start, mount.rfind(" -> ") - start);
}

bool is_socket(const std::string& path)
{
    return path.ends_with("docker.sock") || path.ends_with("containerd.sock") || path.ends_with("podman.sock") ||
           path == "/run" || path == "/var/run";
}

bool reaches_host(const docker::Inspection& container)
{
    return std::ranges::any_of(container.foreign_mounts, [](const std::string& mount) {
        const std::string source = source_of(mount);
        return source == "/" || is_socket(source);
    });
}

/// Whoever is root in it is root of this host.
bool is_root_of_host(const docker::Inspection& container)
{
    return container.host.privileged || container.pid_mode == "host" || reaches_host(container);
}

std::vector<std::string> risks_of(const docker::Inspection& container)
{
    std::vector<std::string> risks;
    if (container.host.privileged) risks.emplace_back("is privileged");
    if (container.pid_mode == "host") risks.emplace_back("sees the host's processes");
    for (const std::string& mount : container.foreign_mounts) {
        const std::string source = source_of(mount);
        if (source == "/") risks.emplace_back("has the host's whole disk");
        if (is_socket(source)) risks.push_back("has the socket of an Engine (" + source + ")");
    }
    if (container.network_mode == "host") risks.emplace_back("is in the host's network");
    return risks;
}

} // namespace

Findings examine_engine(const docker::EngineInfo& info)
{
    Findings findings;
    examine_confinement(info, findings);
    examine_limits(info, findings);
    for (const std::string& registry : info.insecure_registries)
        if (!is_loopback(registry))
            findings.push_back({Level::fail, "engine", "pulls from " + registry + " without a certificate",
                                "remove it from insecure-registries in /etc/docker/daemon.json"});
    if (findings.empty()) findings.push_back({Level::ok, "engine", "confines and limits containers", {}});
    return findings;
}

Findings examine_neighbours(const std::vector<docker::Inspection>& containers)
{
    Findings findings;
    for (const docker::Inspection& container : containers) {
        const auto risks = risks_of(container);
        if (risks.empty()) continue;
        std::string text;
        for (const std::string& risk : risks) text += (text.empty() ? "" : ", ") + risk;
        findings.push_back({is_root_of_host(container) ? Level::fail : Level::warn, "neighbours",
                            "the container " + container.name + " of somebody else " + text,
                            "move it to a host that runs no jobs"});
    }
    if (findings.empty())
        findings.push_back(
            {Level::ok, "neighbours", "no container of somebody else is privileged or reaches the host", {}});
    return findings;
}

} // namespace ysnp::host
