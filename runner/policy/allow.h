#pragma once
#include "checks/decide.h"
#include "runner/policy/store.h"
#include <filesystem>
#include <string>
#include <vector>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// What an entry of `gate allow` is made of.
struct Allowance {
    std::string job;
    std::string digest;                      ///< `ysnp2:…`; empty: images alone, whatever job uses them
    std::vector<std::string> images;         ///< references with a digest
    std::vector<std::string> free_variables; ///< secret names that the digest leaves open
};

/// From a decision about the job. Images without a digest cannot be listed and are left out.
Allowance allowance_of(const checks::Decision& decision);

/// What changed, for the answer of the command.
struct Allowed {
    std::vector<std::string> written; ///< documents, as people would look them up
    std::vector<std::string> added;   ///< "allowed_scripts: job@ysnp2:…"
    std::vector<std::string> present; ///< was there already
};

/// Adds to the project's documents in the file store what amend() says. Each file is replaced atomically (temporary
/// file, fsync, rename), folders that are missing are made (0755). Blocks. Throws StoreFault.
Allowed add_to_store(const std::filesystem::path& root, const ProjectPath& project, const Allowance& allowance);

/// The same in Vault, under whatever login `client` has. Each document is written only where it is still at the version
/// that was read (KV v2), or still says the same a moment before (KV v1, which keeps no versions): what somebody else
/// wrote in between is never lost, it throws vault::Fault (Failure::conflict). Throws vault::Fault and StoreFault.
boost::asio::awaitable<Allowed> add_to_vault(vault::Client& client, std::string mount, ProjectPath project,
                                             Allowance allowance, Deadline until);

} // namespace ysnp::policy
