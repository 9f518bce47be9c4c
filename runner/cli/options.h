#pragma once
#include "net/http.h"
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ysnp::cli {

/// Flags of every command. The names and environment names are gitlab-runner's.
struct Global {
    std::string config;     // -c, --config, CONFIG_FILE
    std::string log_level;  // -l, --log-level, LOG_LEVEL; empty: the configuration's
    std::string log_format; // --log-format, LOG_FORMAT; empty: the configuration's
    bool debug = false;     // --debug, RUNNER_DEBUG
};

enum class Output { text, json };

struct Register {
    bool non_interactive = false;
    std::string url, token, registration_token, name, executor, docker_image;
    net::TlsOptions tls; // of GitLab; written into the runner's file
    bool leave_runner = false;
    // What GitLab owns for a glrt- token; set where a flag or its environment name was given.
    std::optional<std::string> tag_list, access_level, maintenance_note;
    std::optional<bool> run_untagged, locked, paused;
    std::optional<std::int64_t> maximum_timeout;
};

/// Which runners of the configuration a command means; empty: all or none, as the command says.
struct Selection {
    std::string name, url, token;
};

struct List {
    bool show_secrets = false;
    Output output = Output::text;
};
struct Verify {
    Selection selection;
    bool remove = false; // --delete
};
struct Unregister {
    Selection selection;
    bool all = false;
};
struct ResetToken {
    Selection selection;
    std::int64_t id = 0;
    std::string access_token; // --pat
    bool all = false;
};
struct RunService {
    std::string working_directory;
};
/// Where a person's commands find Vault; what is empty comes from VAULT_* or the configuration.
struct VaultAccess {
    std::string address, mount, ca_file, vault_namespace;
    std::string token_file; // instead of VAULT_TOKEN and ~/.vault-token
};
struct Exec {
    std::string job, project, docker_image;
    std::vector<std::string> variables; // -e NAME=VALUE
    bool working_tree = false;
    VaultAccess vault;
};
struct Digest {
    std::string job, payload, project;
    std::vector<std::string> variables; // -e NAME=VALUE
    bool working_tree = false;
    VaultAccess vault;
    Output output = Output::text;
};
struct GateAllow {
    std::string job, payload, project;
    std::string entry;                  // JOB@ysnp2:…, instead of a job
    std::vector<std::string> images;    // NAME@sha256:…
    std::vector<std::string> variables; // -e NAME=VALUE
    bool working_tree = false;
    VaultAccess vault;
    Output output = Output::text;
};
struct GateCheck {
    std::string job, payload, project;
    std::vector<std::string> variables; // -e NAME=VALUE
    bool working_tree = false;
    VaultAccess vault;
    Output output = Output::text;
};
struct GatePending {
    std::string project; // or a group; empty: the whole mount
    VaultAccess vault;
    Output output = Output::text;
};
struct GateShow {
    std::string id, project;
    bool whole = false;   // not as a diff
    bool changes = false; // of the diff, what changed alone
    std::uint64_t page = 1;
    VaultAccess vault;
    Output output = Output::text;
};
struct GateApprove {
    std::string id, project, reason;
    bool once = false; // the same as no --until
    std::string until;
    VaultAccess vault;
    Output output = Output::text;
};
struct GateDeny {
    std::string id, project, reason;
    VaultAccess vault;
    Output output = Output::text;
};
struct GateLearn {
    std::string file, since;
    VaultAccess vault;
    Output output = Output::text;
};
struct GatePolicies {
    std::string mount;
    std::vector<std::string> projects; // of the people; empty: those that the runner serves
    int kv_version = 0;                // 0: the configuration's, else 2
    bool curl = false;
    Output output = Output::text;
};
struct GateDoctor {
    std::vector<std::string> projects; // empty: made up after gate.projects
    std::string foreign;               // a project that the people have nothing to do with
    std::string runner_token_file, approver_token_file, developer_token_file, author_token_file;
    VaultAccess vault;
    Output output = Output::text;
};
struct GateAcceptRollback {
    std::string path;
    Output output = Output::text;
};
struct GateExplain {
    std::string code; // empty: the list
    Output output = Output::text;
};
struct AuditShow {
    std::string file;
    std::optional<std::uint64_t> seq; // empty: the newest
    std::uint64_t last = 20;
    Output output = Output::text;
};
struct AuditVerify {
    std::string file;
    std::string anchor;    // SEQ:HASH
    bool offline = false;  // compared with no anchored head
    std::string system_id; // whose head; empty: this host's
    VaultAccess vault;
    Output output = Output::text;
};
struct Doctor {
    std::string root; // where the files of the host are; empty: /
    Output output = Output::text;
};
struct ConfigCheck {
    Output output = Output::text;
};
struct Completion {
    std::string shell;
};
struct Version {};
/// Help that was asked for, ready to print.
struct Help {
    std::string text;
};

using Command =
    std::variant<Help, Version, Register, List, Verify, Unregister, ResetToken, RunService, Exec, Digest, GateAllow,
                 GateCheck, GatePending, GateShow, GateApprove, GateDeny, GateLearn, GateExplain, GatePolicies,
                 GateDoctor, GateAcceptRollback, Doctor, AuditShow, AuditVerify, ConfigCheck, Completion>;

} // namespace ysnp::cli
