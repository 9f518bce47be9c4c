#include "runner/host/examine_host.h"
#include "gitlab-api/system_id.h"
#include <algorithm>
#include <sys/statvfs.h>
#include <sys/timex.h>

namespace ysnp::host {
namespace {

using policy::Finding;
using policy::Findings;
using Level = Finding::Level;
namespace fs = std::filesystem;

constexpr std::uint64_t reserve = 1u << 30;

std::string trimmed(std::string text)
{
    while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
    return text;
}

/// Whoever can write a folder on the way can put another file in its place.
void examine_way(const Facts& facts, const fs::path& file, Findings& findings)
{
    for (fs::path part = file; !part.empty(); part = part.parent_path()) {
        const auto status = facts.status(part);
        if (!status) {
            findings.push_back({Level::unknown, "files", part.string() + " cannot be seen", "run this as root"});
        } else if (S_ISLNK(status->st_mode)) {
            findings.push_back({Level::fail, "files", part.string() + " is a symbolic link",
                                "name the real path in the configuration or with -c"});
        } else if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0 && (status->st_mode & S_ISVTX) == 0) {
            findings.push_back({Level::fail, "files", part.string() + " can be written by group or others",
                                "chmod go-w " + part.string()});
        }
        if (part == part.root_path()) break;
    }
}

void examine_system_id(const Facts& facts, const Installed& installed, Findings& findings)
{
    const fs::path file = installed.state_dir / ".runner_system_id";
    const auto kept = facts.text(file);
    const auto machine = facts.text("/etc/machine-id");
    if (!kept)
        return findings.push_back({Level::unknown, "state",
                                   file.string() + " cannot be read: the service has "
                                                   "not run yet, or only it may look",
                                   "start the service once; run this as root"});
    const auto id = gitlab::parse_system_id(trimmed(*kept));
    if (!id)
        return findings.push_back({Level::fail, "state", file.string() + " holds no system id",
                                   "remove that file; the next start makes another"});
    if (!machine || !id->starts_with("s_")) return findings.push_back({Level::ok, "state", "system id " + *id, {}});
    if (*id != gitlab::system_id_of_machine(trimmed(*machine)))
        return findings.push_back({Level::fail, "state", "the state directory comes from another machine (" + *id + ")",
                                   "stop the service and begin with an empty " + installed.state_dir.string()});
    findings.push_back({Level::ok, "state", "system id " + *id + " is this machine's", {}});
}

} // namespace

Findings examine_files(const Facts& facts, const Installed& installed)
{
    Findings findings;
    if (!installed.config.empty()) {
        examine_way(facts, installed.config, findings);
        if (findings.empty())
            findings.push_back({Level::ok, "files", installed.config.string() + " is written by its owner only", {}});
    }
    examine_system_id(facts, installed, findings);
    return findings;
}

Findings examine_kernel(const Facts& facts)
{
    struct Wanted {
        const char* name;
        std::int64_t least;
        const char* why;
    };
    static constexpr Wanted settings[]{
        {"fs/protected_symlinks", 1, "a link in a shared folder misleads other programs"},
        {"fs/protected_hardlinks", 1, "anybody can link files of others"},
        {"kernel/yama/ptrace_scope", 1, "a process can look into its user's others"},
        {"kernel/unprivileged_bpf_disabled", 1, "jobs reach the kernel's BPF"},
        {"kernel/kptr_restrict", 1, "kernel addresses are public"},
        {"kernel/randomize_va_space", 2, "addresses are predictable"}};
    Findings findings;
    for (const Wanted& wanted : settings) {
        const auto value = facts.number(std::string("/proc/sys/") + wanted.name);
        std::string name = wanted.name;
        std::ranges::replace(name, '/', '.');
        if (!value)
            findings.push_back({Level::unknown, "kernel", name + " cannot be read", "see sysctl " + name});
        else if (*value < wanted.least)
            findings.push_back({Level::warn, "kernel", name + " is " + std::to_string(*value) + ": " + wanted.why,
                                "sysctl -w " + name + "=" + std::to_string(wanted.least) + ", and in /etc/sysctl.d"});
    }
    if (findings.empty()) findings.push_back({Level::ok, "kernel", "hardened settings are on", {}});
    return findings;
}

Finding examine_sandbox(int landlock)
{
    if (landlock == 0)
        return {
            Level::warn, "sandbox",
            "this kernel has no Landlock that serves: a git worker that was taken over reads what the service can read",
            "a kernel of 6.7 or newer (at least 5.19) with landlock in its lsm= list"};
    const std::string version = "Landlock " + std::to_string(landlock);
    if (landlock < 4)
        return {Level::warn, "sandbox", version + " confines the git worker's files, but not to which port it connects",
                "a kernel of 6.7 or newer"};
    return {Level::ok, "sandbox", version + " and seccomp confine the git worker", {}};
}

Findings examine_disk(const Installed& installed)
{
    struct statvfs space {};
    if (::statvfs(installed.state_dir.c_str(), &space) != 0)
        return {{Level::unknown, "disk", installed.state_dir.string() + " cannot be looked at", "run this as root"}};
    const std::uint64_t free = static_cast<std::uint64_t>(space.f_bavail) * space.f_frsize;
    const std::string amount = std::to_string(free >> 20) + " MiB free in " + installed.state_dir.string();
    if (free < reserve)
        return {{Level::fail, "disk", amount, "make room: a full disk refuses every job, as no decision is recorded"}};
    return {{Level::ok, "disk", amount, {}}};
}

Finding judge_clock(bool synchronised, Windows windows)
{
    if (synchronised) return {Level::ok, "clock", "is synchronised", {}};
    const char* const fix = "timedatectl set-ntp true, or chrony";
    if (windows == Windows::some)
        return {Level::fail, "clock", "is not synchronised, and policy has windows of time (dateTimeCheck)", fix};
    return {Level::warn, "clock", "is not synchronised: expiries of approvals go by it", fix};
}

Finding examine_clock(Windows windows)
{
    struct timex clock {};
    if (::adjtimex(&clock) < 0) return {Level::unknown, "clock", "the kernel does not tell", "see timedatectl"};
    return judge_clock((clock.status & STA_UNSYNC) == 0, windows);
}

} // namespace ysnp::host
