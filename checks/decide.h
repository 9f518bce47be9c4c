#pragma once
#include "checks/facts.h"
#include "checks/policy.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::checks {

enum class Verdict {
    pass,
    refuse,
    ask,          ///< a person has to approve this digest
    undetermined, ///< local only: the job refers to what could not be evaluated
};

/// What one check found.
enum class Finding {
    passed,
    refused, ///< by a rule of policy: in learn mode noted instead
    broken,  ///< structure, identity, policy store, audit: refuses in every mode
    asks,
    informs, ///< v1 check without a reaction, only with legacy_profiles
    learned, ///< enforce would have refused or asked
};

/// One line of the decision: which check, what was expected, what was found, what to do.
struct Reason {
    Finding finding{};
    std::string code;  ///< empty for a check that passed
    std::string check; ///< image, service, script, variables, identity, policy, …
    std::string expected, found, remedy;
    std::string document, path; ///< where in the policy, when a document is meant
};

/// An image the job may run, and the only digest it may run by.
struct ApprovedImage {
    std::string name;      ///< as in the payload: before expansion
    std::string reference; ///< after expansion
    std::string digest;    ///< `sha256:…`; empty when no check pins it: run what the reference names
    bool checked = false;
};

enum class Blame { job, system }; ///< script_failure or runner_system_failure

struct Decision {
    Verdict verdict = Verdict::refuse;
    Blame blame = Blame::job;
    bool learning = false; ///< learn mode let something through that enforce would not
    std::vector<Reason> reasons;
    std::string digest;                      ///< `ysnp2:…`; empty when the job is too broken to have one
    std::string document;                    ///< the JCS text the digest was made from
    std::vector<std::string> free_variables; ///< names that the document leaves open, sorted
    ApprovedImage image;
    std::vector<ApprovedImage> services; ///< in the payload's order
    std::vector<std::string> notes;
    ApprovalRule approval;                     ///< with Verdict::ask
    std::vector<ApprovalRecord> approved_by;   ///< whose approval counted, each person once
    std::vector<std::string> earlier_requests; ///< ids of other requests than the job's own, whose approvals counted
    std::optional<ApprovalRecord> denied_by;
    std::string requested_by;        ///< login of who started the job
    bool requester_verified = false; ///< by an ID token; else GitLab claims it
    std::string requester_email;     ///< of the verified token; else empty
    std::string project_path, job_name, policy_revision;
    std::string configuration; ///< digest of the local configuration that the job is decided on and runs by
    std::string policy_place;  ///< which store the policy was read from, as the local configuration names it
    std::int64_t job_id = 0, pipeline_id = 0;

    bool allowed() const noexcept { return verdict == Verdict::pass; }
    /// Code of the first reason that refuses; empty when none does.
    std::string code() const;
};

/// The gate: one decision over the whole job. Pure, and total: an exception inside becomes a refusal.
Decision decide(const Policy& policy, const JobFacts& facts, Now now);

/// A refusal for something that went wrong on the way to a decision.
Decision refusal(const JobFacts& facts, Reason reason, Blame blame);

} // namespace ysnp::checks
