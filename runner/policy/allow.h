#pragma once
#include "checks/decide.h"
#include "runner/policy/store.h"
#include <filesystem>
#include <string>
#include <vector>

namespace ysnp::policy {

/// What an entry of `gate allow` is made of.
struct Allowance {
    std::string job;
    std::string digest;                      ///< `ysnp2:…`
    std::vector<std::string> images;         ///< references with a digest
    std::vector<std::string> free_variables; ///< secret names that the digest leaves open
};

/// From a decision about the job. Images without a digest cannot be listed and are left out.
Allowance allowance_of(const checks::Decision& decision);

/// What changed, for the answer of the command.
struct Allowed {
    std::vector<std::filesystem::path> files; ///< written
    std::vector<std::string> added;           ///< "allowed_scripts: job@ysnp2:…"
    std::vector<std::string> present;         ///< was there already
};

/// Adds script and image entries to the project's whitelist.json; free names to its ysnp_policy.json; and, where the
/// project has no checks yet, a youshallnotpass_config.json whose `default` checks image and script. Keeps all else
/// that stands in the documents. Each file is replaced atomically (temporary file, fsync, rename), folders that are
/// missing are made (0755). Blocks. Throws StoreFault.
Allowed add_to_store(const std::filesystem::path& root, const ProjectPath& project, const Allowance& allowance);

} // namespace ysnp::policy
