#pragma once
#include "checks/claims.h"
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// Wall-clock time of a decision. The gate has no clock of its own.
using Now = std::chrono::sys_seconds;

/// What the runner compared a variable's value with before it handed the variable over; the value of a variable that is
/// a known credential is not copied into the facts.
enum class Evidence {
    none,
    job_token,      ///< the value is the job token of the payload
    repository_url, ///< the value is `git_info.repo_url` of the payload, credentials included
    within,         ///< the job token is a part of the value
};

/// One entry of the payload's `variables`, in its order.
struct Variable {
    std::string key;
    std::string value;
    bool is_public = true;
    bool masked = false;
    bool file = false;
    bool raw = false;
    Evidence evidence = Evidence::none;

    bool secret() const noexcept { return masked || !is_public; }
};

struct Port {
    std::int64_t number = 0;
    std::string protocol, name;
};

/// The image of the job or of a service, as written in the payload.
struct Image {
    std::string name; ///< may refer to variables and inputs
    std::string alias;
    std::optional<std::vector<std::string>> entrypoint; ///< nullopt: the image's own; [] and [""] are different things
    std::optional<std::vector<std::string>> command;
    std::string user, platform; ///< `executor_opts.docker`
    std::vector<std::string> pull_policy;
    std::vector<Port> ports;
    std::vector<Variable> variables; ///< services only
};

struct Step {
    std::string name;
    std::vector<std::string> script;
    std::string when = "on_success";
    bool allow_failure = false;
};

struct Hook {
    std::string name;
    std::vector<std::string> script;
};

struct Input {
    std::string key;
    std::string type;    ///< string, number, boolean, array, struct
    std::string content; ///< JSON text of the value
    bool sensitive = false;
};

struct CacheRule {
    std::string key;
    std::vector<std::string> paths, fallback_keys;
    bool untracked = false;
    std::string policy = "pull-push", when = "on_success";
};

struct ArtifactRule {
    std::string name;
    std::vector<std::string> paths, exclude;
    bool untracked = false;
    std::string when = "on_success", expire_in, type, format;
};

enum class Mode { enforce, learn };

/// What only the local configuration may say.
struct LocalRules {
    Mode mode = Mode::enforce;
    std::optional<Now> learn_until;                ///< learn without a date, or after it, is enforce
    bool legacy_script_hash = false;               ///< honour v1 `job@sha256:` entries where the payload is unambiguous
    bool legacy_profiles = false;                  ///< v1's informing-only checks and its built-in default profile
    std::vector<std::string> accept_fields;        ///< unknown payload fields tolerated inside what executes
    std::vector<std::string> predefined_variables; ///< further names of the varying class
    std::vector<std::string> projects;             ///< projects served, `group/**` and `*` allowed; empty: all
    std::vector<std::string> weakenings;           ///< switches that weaken the gate, in words: each decision says so
    std::string audience;                          ///< what an ID token's `aud` must hold; empty: not compared
};

/// A request for approval, as the runner wrote it down (text: approval_request.h).
struct ApprovalRequest {
    std::string id;                     ///< of its folder in the store; not in the text
    std::string document, digest;       ///< the digest document, and what it hashes to
    std::string nonce;                  ///< 128 random bits, base64url
    std::string project, job, ref, sha; ///< full path, job name, full ref
    std::int64_t job_id = 0;
    std::string requested_by; ///< login, from verified claims where there are some, else as GitLab claims
    bool verified = false;    ///< which of the two
    Now created{}, expires{};
    int quorum = 1;                  ///< how many people have to approve
    std::vector<std::string> groups; ///< of whom; empty: of all that the store lets approve
    std::string gitlab, runner;      ///< origin of the GitLab; name of the runner that asks
    /// How often people were asked about the same in the last day, since one of them approved it.
    std::int64_t denied = 0, unanswered = 0;
};

/// What one person wrote under their own identity. `entity`, `login` and `groups` come from the store's answer about
/// that identity, never from the record's text.
struct ApprovalRecord {
    std::string entity, login;
    std::vector<std::string> names; ///< all names of that person there: of the entity and its aliases
    std::vector<std::string> groups;
    std::string project; ///< whose folder it lies in
    std::string request; ///< id of the request it answers, and when that was made
    Now request_created{};
    std::int64_t uses = 0; ///< jobs that the answers to that request have served besides its own
    std::string digest, nonce, reason;
    bool approves = false;    ///< else it denies
    bool scratch = false;     ///< no record but a code of v1 that was removed; `login` is whose folder it lay in
    std::optional<Now> until; ///< scope: this digest until then; nullopt: this request, once
};

struct ApprovalEvidence {
    ApprovalRequest request;
    std::vector<ApprovalRecord> records;
};

/// What is wrong with the job before policy is asked: a failed comparison of typed fields, a field nobody may send.
struct Objection {
    std::string code; ///< of codes.h
    std::string check, expected, found, remedy;
};

/// An IANA zone that the policy names, as the bytes of its TZif file (RFC 8536).
struct ZoneData {
    std::string name, bytes;
};

/// Everything that execution depends on, from typed fields of the payload and from local configuration.
struct JobFacts {
    std::string server_url; ///< configured GitLab, without a slash at the end
    std::string project_path, project_namespace;
    std::int64_t project_id = 0, job_id = 0, pipeline_id = 0;
    std::string job_name, stage;
    std::string ref, sha, ref_type; ///< ref_type: branch or tag
    std::optional<bool> ref_protected;
    std::string pipeline_source;         ///< claimed by GitLab; empty when not sent
    std::optional<std::int64_t> user_id; ///< who started the job; typed, where GitLab sends it
    std::optional<Claims> claims;
    MissingClaims missing_claims; ///< where there are none

    std::optional<Image> image; ///< the job's, else the default of the local configuration
    std::vector<Image> services;
    std::vector<Step> steps;
    std::vector<Hook> hooks;
    std::vector<Input> inputs;
    std::vector<CacheRule> cache;
    std::vector<ArtifactRule> artifacts;
    std::vector<std::string> dependencies; ///< names of the jobs whose artifacts are fetched
    std::vector<Variable> variables;
    std::vector<Variable> local_variables; ///< `environment` of the local configuration; payload variables win

    std::vector<std::string> unknown_fields; ///< paths inside what executes, such as `steps[0].shell`
    std::vector<Objection> objections;       ///< found while the facts were gathered
    std::vector<std::string> undetermined;   ///< what a local `exec` could not evaluate
    std::vector<ZoneData> zones;
    std::optional<ApprovalEvidence> approval; ///< once people were asked
    LocalRules local;
};

} // namespace ysnp::checks
