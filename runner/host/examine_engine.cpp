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

} // namespace ysnp::host
