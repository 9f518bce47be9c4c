#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// One document of a policy store, as read. `text` is nullopt when the store says that it does not exist.
struct Document {
    std::string path; ///< as people would look it up: `cicd/group/project/whitelist` or a file's path
    std::optional<std::string> text;
    std::string revision; ///< version or digest of what was read, for the audit record
};

/// All documents one decision is made from.
struct Documents {
    Document namespace_whitelist, project_whitelist;
    Document namespace_config, project_config; ///< youshallnotpass_config
    Document project_policy;                   ///< ysnp_policy
    std::vector<Document> parent_policies;     ///< ysnp_policy of each enclosing group, nearest first
};

/// What is wrong in a document, and what to do about it.
struct Fault {
    std::string document, path, found, expected, remedy;
};

enum class CheckKind { image_hash, script_hash, mfa_required, date_time };
enum class OnFail { refuse, ask, inform };
enum class Scale { daily, weekly, monthly, yearly };
enum class MfaStage { image, script, all };

/// A time window: starts at `time` local, lasts `tolerance` seconds, both ends included, may cross midnight.
struct Window {
    Scale scale = Scale::daily;
    std::vector<std::int64_t> intervals; ///< weekly: Sunday is 0; monthly and yearly count from 1; daily: unused
    std::int64_t tolerance = 300;
    std::optional<std::int64_t> time; ///< seconds after midnight; nullopt: all day
    std::string zone = "UTC";
};

struct Check {
    CheckKind kind{};
    OnFail on_fail = OnFail::refuse;
    MfaStage stage = MfaStage::all; ///< mfaRequired
    Window window;                  ///< dateTimeCheck
    std::string document, path;     ///< where it is written
};

/// `job` of `job@sha256:…` or `job@ysnp2:…` (empty: any job, v1 only); digest with its algorithm.
struct ScriptEntry {
    std::string job, digest, document;
    bool native = false;
};
struct ImageEntry {
    std::string name, digest, document; ///< name: what stands before the `@`
};

/// The checks of one name in a v1 project configuration.
struct JobChecks {
    std::string job;
    std::vector<Check> checks;
};

enum class SourceBinding { any, protected_ref, sha };

struct ApprovalRule {
    int quorum = 0; ///< 0: nobody is asked
    std::vector<std::string> groups;
    bool not_requester = false;
    std::int64_t valid_for = 0; ///< seconds that an approval until a date may serve later jobs of the digest
    std::int64_t max_uses = 0;  ///< how many of them; 0: each job needs its own
    bool native = false;        ///< a rule of ysnp_policy; else only a v1 check asks
    std::string person;         ///< login whose own approval is needed besides; empty: of nobody in particular
};

/// What `ysnp_policy` says about one job name.
struct JobPolicy {
    std::optional<std::vector<Check>> checks;
    std::vector<std::string> refs; ///< full refs, `*` matches within a segment, `**` across; empty: any
    std::optional<bool> protected_ref;
    std::vector<std::string> sources; ///< CI_PIPELINE_SOURCE; empty: any
    std::vector<std::string> users;   ///< logins; empty: any
    std::vector<std::string> free_variables;
    SourceBinding source = SourceBinding::any;
    std::vector<std::string> commits; ///< with SourceBinding::sha
    bool image_repository = false;    ///< compare registry and repository of an image too
    std::optional<ApprovalRule> approval;
    std::string document, path;
};

struct NativePolicy {
    bool inherit = false; ///< the documents of enclosing groups apply where this project has none
    std::optional<std::int64_t> project_id;
    std::map<std::string, JobPolicy, std::less<>> jobs;
    std::string document;
};

/// The documents, parsed. `faults` not empty means that nothing of it may allow anything.
struct Policy {
    std::vector<ImageEntry> images;
    std::vector<ScriptEntry> scripts;
    std::optional<std::vector<JobChecks>> v1_jobs; ///< nullopt: no youshallnotpass_config for the project
    std::optional<NativePolicy> native;
    std::vector<Fault> faults;
    std::vector<std::string> notes;
    std::string logger = "console"; ///< console or mattermost
    bool exists = false;            ///< at least one document was there

    /// exact name, then `default`, then nothing (case-sensitive, first entry wins)
    const JobChecks* v1_checks(std::string_view job) const;
    const JobPolicy* native_job(std::string_view job) const;
};

/// Parses strictly: duplicate keys, wrong types, unknown keys that could hide a misspelt rule, malformed whitelist
/// entries and checks without a reaction are faults. `legacy_profiles` turns the last into a note. Never throws on
/// input.
Policy parse_policy(const Documents& documents, bool legacy_profiles);

} // namespace ysnp::checks
