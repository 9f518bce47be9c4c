#pragma once
#include "conf/gate.h"
#include "conf/units.h"
#include "docker/options.h"
#include "net/http.h"
#include "net/secret.h"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ysnp::conf {

enum class LogLevel { debug, info, warning, error };
enum class LogFormat { text, json };

struct Log {
    LogLevel level = LogLevel::info;
    LogFormat format = LogFormat::text;
};

enum class Shell { bash, sh };

/// One entry of `runners`: one registration at one GitLab. Keys are those of gitlab-runner's `[[runners]]`.
struct Runner {
    std::string name;
    std::string url;                   // $VAR expanded; http or https
    Secret token;                      // empty: the entry is skipped, a warning says so (ROT-15)
    Secret configured_token;           // as configured; `token` is a newer one where GitLab replaced it
    std::filesystem::path token_file;  // where the token came from; empty when it was inline
    std::filesystem::path token_state; // where a replaced token is saved (conf/token_state.h)
    std::int64_t id = 0;               // 0: unknown
    std::optional<std::chrono::sys_seconds> token_obtained_at;
    std::optional<std::chrono::sys_seconds> token_expires_at; // unset: never
    net::TlsOptions tls;                                      // tls_ca_file, tls_cert_file, tls_key_file
    int limit = 0;                                            // jobs at once; 0: bounded by `concurrent` only
    int request_concurrency = 1;
    bool strict_check_interval = false;
    Size output_limit{4u << 20};
    int unhealthy_requests_limit = 3;
    Duration unhealthy_interval = std::chrono::hours(1);
    int job_status_final_update_retry_limit = 10;
    std::vector<std::pair<std::string, std::string>> environment; // in the order of the file
    std::map<std::string, bool> feature_flags;
    Shell shell = Shell::bash;          // sh where the image has no bash
    std::string builds_dir = "/builds"; // in the container
    std::string clone_url;              // replaces the origin for git; empty: url
    bool custom_build_dir = true;       // GIT_CLONE_PATH is allowed
    bool debug_trace_disabled = false;
    std::string pre_get_sources_script, post_get_sources_script, pre_build_script, post_build_script;
    std::optional<Duration> prepare_timeout, get_sources_timeout; // unset: the job's own
    docker::Options docker;
    Gate gate; // the global one with this entry's overrides applied

    std::filesystem::path source; // the file this entry stands in
    int line = 0;
    std::string fingerprint; // of what was written; equal entries are equal (conf/changes.h)
};

/// The whole configuration, valid as a whole. Move-only, as it holds tokens; a reload makes a new one.
struct Config {
    int concurrent = 1;
    Duration check_interval = std::chrono::seconds(3);
    Duration shutdown_timeout = std::chrono::seconds(30);
    Duration connection_max_age = std::chrono::minutes(15);
    std::filesystem::path state_dir;
    Log log;
    Gate gate;
    std::filesystem::path audit_file;
    std::vector<Runner> runners;

    std::filesystem::path file;               // what was loaded; empty when there was none
    std::vector<std::filesystem::path> files; // it and its runners.d/*.yml
    std::string gate_fingerprint;
};

} // namespace ysnp::conf
