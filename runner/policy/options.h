#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::policy {

enum class GateMode { enforce, learn };
enum class StoreKind { file, vault };

/// `gate` of the configuration file, without what belongs to the Vault client.
struct Options {
    GateMode mode = GateMode::enforce;
    std::optional<std::chrono::sys_days>
        learn_until; ///< last day of learning; needed with learn, at most 90 days ahead
    StoreKind store = StoreKind::vault;
    bool legacy_script_hash = false;
    bool legacy_profiles = false;
    bool v1_scratch = false;
    std::vector<std::string> accept_fields;
    std::vector<std::string> predefined_variables;
    std::vector<std::string> projects; ///< projects served: exact paths, `group/**`; empty: all
    std::filesystem::path file_path = "/etc/ysnprunner/policy"; ///< gate.file.path
};

} // namespace ysnp::policy
