#pragma once
#include "conf/units.h"
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::conf {

enum class GateMode { enforce, learn };
enum class Store { vault, file };
/// What becomes of the jobs that run when Vault takes the runner's login back.
enum class OnRevoke { stop, finish };

/// How the runner logs in at Vault or OpenBao.
struct VaultAuth {
    enum class Method { approle, token_file, cert, job_id_token };
    Method method = Method::approle;
    std::string mount;                         // path of the auth method: "approle", "cert", "jwt"
    std::string role;                          // cert and job_id_token; approle with a wrapped secret id
    std::filesystem::path role_id_file;        // approle
    std::filesystem::path secret_id_file;      // approle
    bool secret_id_wrapped = false;            // approle: secret_id_file holds a response-wrapping token
    std::filesystem::path token_file;          // token_file; read again when it changes
    std::filesystem::path cert_file, key_file; // cert
};

/// The ID token that jobs bring: evidence about them; with auth.method job_id_token their login as well, and then its
/// keys stand there.
struct IdToken {
    std::string variable; // of the payload, that holds it; empty: no token is looked at
    std::string mount;    // path of Vault's JWT method that verifies it: "jwt/gitlab.example.com"
    std::string role;     // there
    std::string audience; // what its `aud` must hold; empty: only the role's bound_audiences count
};

struct Vault {
    std::string address;          // https://vault.example.com:8200
    std::string external_address; // where people reach it, for links; empty: address
    std::filesystem::path ca_file;
    std::string vault_namespace;   // X-Vault-Namespace; key `namespace`
    std::string mount;             // of the KV engine: "cicd"
    std::optional<int> kv_version; // unset: the mount is asked
    Duration timeout = std::chrono::seconds(10);
    OnRevoke on_revoke = OnRevoke::stop;
    VaultAuth auth;
    IdToken id_token;
};

struct Approval {
    Duration wait = std::chrono::minutes(30); // how long a job waits for a human, within its own time-out
    int max_waiting = 100;                    // jobs of this host that wait at once
};

/// What the local configuration says about the gate (design: Policy). GitLab cannot reach any of it.
struct Gate {
    GateMode mode = GateMode::enforce;
    std::optional<std::chrono::sys_days> learn_until; // the last day (UTC) of `learn`; set exactly when mode is learn
    Store store = Store::file;
    bool legacy_script_hash = false;
    bool legacy_profiles = false;
    bool v1_scratch = false;
    std::vector<std::string> accept_fields;        // paths of unknown payload fields inside what executes
    std::vector<std::string> predefined_variables; // more names of the varying class
    std::vector<std::string> projects;             // patterns of projects served; empty: all
    Vault vault;                                   // meaningful where store is vault
    std::filesystem::path file_path;               // `file.path`, meaningful where store is file
    Approval approval;

    /// Learn mode applies at `now`; after learn_until the gate enforces by itself.
    bool learns(std::chrono::system_clock::time_point now) const;
    /// Switches that weaken the gate and are on, a sentence each, for whoever has to know: the service's log at start,
    /// each job's log, each decision in the audit chain.
    std::vector<std::string> weakenings() const;
    /// Names the policy documents' place: two origins of GitLab must not share one.
    std::string store_place() const;
};

} // namespace ysnp::conf
