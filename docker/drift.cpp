#include "docker/container.h"
#include "docker/labels.h"
#include <algorithm>
#include <set>
#include <string_view>

namespace ysnp::docker {

namespace {

std::string shown(const std::string& value) { return "\"" + value + "\""; }
std::string shown(bool value) { return value ? "yes" : "no"; }
template <class Number>
std::string shown(Number value)
{
    return std::to_string(value);
}
std::string shown(const std::set<std::string>& values)
{
    std::string text = "[";
    for (const auto& value : values) text += (text.size() > 1 ? ", " : "") + value;
    return text + "]";
}

class Comparison {
public:
    std::vector<std::string> differences;

    template <class Value>
    void same(const char* what, const Value& asked, const Value& found)
    {
        if (asked == found) return;
        differences.push_back(std::string(what) + ": asked for " + shown(asked) + ", the Engine reports " +
                              shown(found));
    }
    void none(const char* what, const std::vector<std::string>& found)
    {
        for (const std::string& item : found) differences.push_back(std::string(what) + ": not asked for: " + item);
    }
};

/// Capabilities as a set; newer Engines report them with their prefix.
std::set<std::string> capabilities(const std::vector<std::string>& names)
{
    std::set<std::string> result;
    for (const std::string& name : names) result.insert(name.starts_with("CAP_") ? name.substr(4) : name);
    return result;
}

std::set<std::string> as_set(const std::vector<std::string>& values) { return {values.begin(), values.end()}; }

void compare_privileges(const HostSettings& asked, const HostSettings& found, Comparison& into)
{
    into.same("Privileged", asked.privileged, found.privileged);
    into.same("no-new-privileges", asked.no_new_privileges, found.no_new_privileges);
    into.same("seccomp", asked.seccomp, found.seccomp);
    into.same("UsernsMode", asked.userns_mode, found.userns_mode);
    into.same("CgroupnsMode", asked.cgroupns_mode, found.cgroupns_mode);
    into.same("ReadonlyRootfs", asked.read_only, found.read_only);
    if (!asked.runtime.empty()) into.same("Runtime", asked.runtime, found.runtime);
    if (asked.privileged) return;
    into.same("CapDrop", capabilities(asked.cap_drop), capabilities(found.cap_drop));
    into.same("CapAdd", capabilities(asked.cap_add), capabilities(found.cap_add));
    into.same("MaskedPaths", as_set(asked.masked_paths), as_set(found.masked_paths));
    into.same("ReadonlyPaths", as_set(asked.readonly_paths), as_set(found.readonly_paths));
}

void compare_limits(const HostSettings& asked, const HostSettings& found, Comparison& into)
{
    into.same("PidsLimit", asked.pids_limit, found.pids_limit);
    into.same("Memory", asked.memory, found.memory);
    if (asked.memory_swap != 0) into.same("MemorySwap", asked.memory_swap, found.memory_swap);
    into.same("NanoCpus", asked.nano_cpus, found.nano_cpus);
    into.same("LogConfig", asked.log_driver, found.log_driver);
}

void compare_mounts(const ContainerSpec& asked, const Inspection& found, Comparison& into)
{
    into.none("Mounts", found.foreign_mounts);
    into.none("Binds", found.binds);
    into.none("Devices", found.devices);
    for (const VolumeMount& mount : asked.mounts) {
        const bool there = std::any_of(found.mounts.begin(), found.mounts.end(), [&](const VolumeMount& other) {
            return other.target == mount.target && other.volume == mount.volume && other.read_only == mount.read_only;
        });
        if (!there) into.differences.push_back("Mounts: " + mount.target + " is missing or not as asked for");
    }
}

void compare_namespaces(const ContainerSpec& asked, const Inspection& found, Comparison& into)
{
    const auto* join = std::get_if<JoinNetwork>(&asked.network);
    const std::string mode = join                                                 ? join->network
                             : std::holds_alternative<HostNetwork>(asked.network) ? "host"
                                                                                  : "none";
    into.same("NetworkMode", mode, found.network_mode);
    into.same("PidMode", std::string(), found.pid_mode);
    into.same("UTSMode", std::string(), found.uts_mode);
    into.same("IpcMode", std::string("private"), found.ipc_mode);
}

void compare_process(const ContainerSpec& asked, const Inspection& found, Comparison& into)
{
    into.same("Image", asked.image.value, found.image.value);
    if (!asked.user.empty()) into.same("User", asked.user, found.user);
    for (const std::string& variable : asked.environment)
        if (std::find(found.environment.begin(), found.environment.end(), variable) == found.environment.end())
            into.differences.push_back("Env: " + variable.substr(0, variable.find('=')) + " is missing or differs");
    if (!carries(found.labels, asked.labels)) into.differences.push_back("Labels: not all of ours are there");
}

} // namespace

std::vector<std::string> drift(const ContainerSpec& asked, const Inspection& found)
{
    Comparison result;
    compare_process(asked, found, result);
    compare_privileges(asked.host, found.host, result);
    compare_limits(asked.host, found.host, result);
    compare_mounts(asked, found, result);
    compare_namespaces(asked, found, result);
    return result.differences;
}

} // namespace ysnp::docker
