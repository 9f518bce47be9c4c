#pragma once
#include "net/secret.h"
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The 201 of POST /api/v4/jobs/request as plain data. What GitLab leaves out or sends as null is an empty optional,
/// list or string. Nothing here is expanded or interpreted: `$X` is still `$X`.
namespace ysnp::gitlab {

/// A key that we do not know, inside what executes. The gate refuses it by path unless local config accepts the path.
struct UnknownField {
    std::string path; ///< "image.executor_opts.docker.foobar", "steps[0].shell"
    std::string type; ///< "a string", "a number", "an object", …
};

struct JobInfo {
    std::int64_t id = 0;
    std::string name;
    std::string stage;
    std::int64_t project_id = 0;
    std::string project_name;
    std::optional<std::string> project_full_path; ///< "group/project"; absent before GitLab 18.5
    std::optional<std::int64_t> pipeline_id;
    std::optional<std::int64_t> namespace_id;
    std::optional<std::int64_t> root_namespace_id;
    std::optional<std::int64_t> organization_id;
    std::optional<std::string> instance_id;
    std::optional<std::string> instance_uuid;
    std::optional<std::int64_t> user_id;
    std::optional<std::int64_t> scoped_user_id;
    std::optional<double> time_in_queue_seconds;
    std::optional<std::string> project_jobs_running_on_instance_runners_count; ///< "7", "N+", "+Inf"
    std::optional<std::int64_t> queue_size;
    std::optional<std::int64_t> queue_depth;
};

enum class RefType { branch, tag };
enum class ObjectFormat { sha1, sha256 };

struct GitInfo {
    std::string repo_url;  ///< without user and password, so that it can be compared and shown
    std::string repo_user; ///< "gitlab-ci-token"
    Secret repo_password;
    std::string ref;
    RefType ref_type = RefType::branch;
    std::string sha;        ///< 40 or 64 lower-case hex digits
    std::string before_sha; ///< all zeros when there is none
    std::vector<std::string> refspecs;
    std::int64_t depth = 0; ///< 0: full history
    ObjectFormat object_format = ObjectFormat::sha1;
    std::optional<bool> is_protected;
};

struct RunnerInfo {
    std::chrono::seconds timeout{7200}; ///< 1 s to 31 days; GitLab's 0 or nothing means 7200 s
    std::optional<std::string> runner_session_url;
    std::optional<std::string> uuid;
};

struct Variable {
    std::string key;
    std::string value; ///< may be a secret: never log it
    bool is_public = false;
    bool masked = false;
    bool file = false;
    bool raw = false;
};

enum class When { on_success, on_failure, always };
std::string_view to_string(When when) noexcept;

struct Step {
    std::string name; ///< "script", "release" or "after_script"
    std::vector<std::string> script;
    std::optional<std::chrono::seconds> timeout;
    When when = When::on_success;
    bool allow_failure = false;
};

struct Hook {
    std::string name; ///< "pre_get_sources_script" or "post_get_sources_script"
    std::vector<std::string> script;
};

struct Port {
    std::int64_t number = 0;
    std::string protocol;
    std::string name;
};

struct Image {
    std::string name;                                   ///< may hold variables
    std::optional<std::vector<std::string>> entrypoint; ///< absent: the image's own; `[""]`: none
    std::vector<Port> ports;
    std::vector<std::string> pull_policy; ///< "always", "if-not-present", "never", in the order to try
    std::optional<std::string> docker_platform;
    std::optional<std::string> docker_user;
};

struct ServiceVariable {
    std::string key;
    std::string value;
};

struct Service : Image {
    std::optional<std::vector<std::string>> command;
    std::optional<std::string> alias;
    std::vector<ServiceVariable> variables;
};

struct Artifacts {
    std::optional<std::string> name;
    bool untracked = false;
    std::vector<std::string> paths;
    std::vector<std::string> exclude;
    When when = When::on_success;
    std::optional<std::string> expire_in;
    std::optional<std::string> type;   ///< "archive", "junit", …
    std::optional<std::string> format; ///< "zip", "gzip", "raw"
};

struct Cache {
    std::string key;
    bool untracked = false;
    std::vector<std::string> paths;
    std::string policy = "pull-push"; ///< "pull-push", "pull", "push", or a text with a variable in it
    When when = When::on_success;
    std::vector<std::string> fallback_keys;
};

struct Credential {
    std::string type; ///< only "registry" means something
    std::string url;  ///< host[:port][/path]
    std::string username;
    Secret password;
};

struct ArtifactsFile {
    std::string filename;
    std::int64_t size = 0;
};

struct Dependency {
    std::int64_t id = 0;
    std::string name;
    Secret token;
    std::optional<ArtifactsFile> artifacts_file;
};

struct Features {
    bool trace_sections = false;
    std::vector<std::string> failure_reasons; ///< what this GitLab accepts; empty: only the three basics
    std::vector<std::string> token_mask_prefixes;
};

enum class InputType { string, number, boolean, array, structure };

struct Input {
    std::string key;
    InputType type = InputType::string;
    std::string content; ///< JSON text
    bool sensitive = false;
};

/// One entry of `secrets`. The runner never contacts a server that a payload describes.
struct SecretRequest {
    std::string variable;
    std::string provider; ///< "vault", "gcp_secret_manager", …
    bool file = true;
    std::string definition; ///< JSON text of the provider's object, tokens replaced
};

struct PolicyOptions {
    bool execution_policy_job = false;
    std::string policy_name;
    std::optional<bool> variables_override_allowed;
    std::vector<std::string> variables_override_exceptions;
};

struct SuspendOptions {
    bool suspend_on_success = false;
    bool suspend_on_failure = false;
    std::optional<std::string> runtime_environment_key;
};

/// A whole job. Move-only, as it holds credentials.
struct Job {
    std::int64_t id = 0;
    Secret token;
    bool allow_git_fetch = false;
    JobInfo job_info;
    GitInfo git_info;
    RunnerInfo runner_info;
    std::vector<Variable> variables; ///< in GitLab's order; of duplicates the last counts
    std::vector<Step> steps;
    std::vector<Hook> hooks;
    std::optional<std::string> run; ///< JSON text, never parsed
    std::optional<Image> image;
    std::vector<Service> services;
    std::vector<Artifacts> artifacts;
    std::vector<Cache> cache;
    std::vector<Credential> credentials;
    std::vector<Dependency> dependencies;
    Features features;
    std::vector<Input> inputs;
    std::vector<SecretRequest> secrets;
    std::optional<PolicyOptions> policy_options;
    std::optional<SuspendOptions> suspend_options;
    std::vector<UnknownField> unknown_fields;
};

/// The value that counts for `key`: the last one; nullptr when there is none. Valid as long as the job is not changed.
const std::string* find_variable(const Job& job, std::string_view key) noexcept;

} // namespace ysnp::gitlab
