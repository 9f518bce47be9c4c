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
policy::Findings examine_disk(const Installed& installed);
policy::Findings examine_clock();

} // namespace ysnp::host
