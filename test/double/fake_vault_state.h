#pragma once
#include "test/double/fake_vault.h"
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace ysnp::test {

struct VaultAnswer {
    unsigned status = 200;
    std::string body;
    std::vector<net::Header> headers;
};

struct VaultVersion {
    nlohmann::json data;
    bool deleted = false, destroyed = false;
};

struct VaultToken {
    std::chrono::seconds lease;
    std::vector<std::string> policies;
};

struct VaultWrapped {
    std::string secret_id, creation_path;
};

/// All that the fake remembers.
struct VaultState {
    FakeVaultOptions options;
    std::map<std::string, std::vector<VaultVersion>> documents;
    std::map<std::string, nlohmann::json> identities;
    std::set<std::string> denied;
    std::map<std::string, std::vector<std::string>> rights; // of a path of the API
    std::map<std::string, VaultWrapped> wrapped;            // by token
    std::map<std::string, VaultToken> tokens;
    bool sealed = false;
    unsigned logins = 0, renewals = 0, made = 0;
    Faults faults;

    std::string new_token(std::chrono::seconds lease, std::vector<std::string> policies);
};

VaultAnswer vault_errors(unsigned status, const std::vector<std::string>& errors);
VaultAnswer vault_data(const nlohmann::json& data);
/// auth/… : logins, lookup, renewal, revocation.
VaultAnswer vault_auth(VaultState& state, const Recorded& request, const std::string& path);
/// The KV engine; `path` lies below its mount.
VaultAnswer vault_kv(VaultState& state, const Recorded& request, const std::string& path);

} // namespace ysnp::test
