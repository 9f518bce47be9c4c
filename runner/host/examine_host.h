#pragma once
#include "runner/host/facts.h"
#include "runner/policy/finding.h"
#include <filesystem>
#include <string>
#include <vector>

namespace ysnp::host {

/// What of the configuration the examination of the host needs.
struct Installed {
    std::filesystem::path config; ///< the file; empty: none
    std::filesystem::path state_dir;
    std::filesystem::path socket;         ///< of the Engine
    std::vector<std::string_view> tokens; ///< of the runners, for a look at other programs' files; must outlive it
    std::string service_user = "ysnprunner";
};

/// Reads and changes nothing. Each finding has a fix.
policy::Findings examine_files(const Facts& facts, const Installed& installed);  ///< AC-H01, AC-H13
policy::Findings examine_access(const Facts& facts, const Installed& installed); ///< AC-H04, AC-H08, AC-H09
policy::Findings examine_kernel(const Facts& facts);
/// How well this kernel's Landlock (runner/git/landlock.h; 0: none) confines the git worker.
policy::Finding examine_sandbox(int landlock);
/// Services of ours that run now, as /proc tells: not as root, no capability, no_new_privs, a filter of system calls.
policy::Findings examine_services(const Facts& facts);
/// The same about one process, `/proc/self` for instance; nothing found amiss is an empty list.
policy::Findings examine_process(const Facts& facts, const std::filesystem::path& process);
policy::Findings examine_disk(const Installed& installed);
/// Whether policy has windows of time.
enum class Windows { none, some };
policy::Finding examine_clock(Windows windows);
/// What a clock that is synchronised, or not, means there.
policy::Finding judge_clock(bool synchronised, Windows windows);

} // namespace ysnp::host
