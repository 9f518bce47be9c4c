#pragma once
#include "conf/gate.h"
#include <string>
#include <vector>

namespace ysnp::policy {

/// What `gate policies` is asked for. Paths of projects may hold `*` and `**` as in `gate.projects`.
struct AccessWanted {
    conf::Vault vault;
    int kv_version = 2;
    bool v1_scratch = false;
    std::vector<std::string> served;   ///< projects of the runner; empty: all
    std::vector<std::string> projects; ///< of the people; empty: those served
    std::vector<std::string> gitlabs;  ///< `url` of each runner: who issues the ID tokens of jobs
};

/// A policy of Vault's: who gets it, and what it says.
struct AccessPolicy {
    std::string name; ///< "ysnp-approver"
    std::string who;  ///< a sentence
    std::string hcl;
};

/// One request that an administrator sends to Vault's API.
struct SetupRequest {
    std::string what; ///< a sentence
    std::string path; ///< sys/mounts/cicd
    std::string body; ///< a JSON object
};

/// For each kind of person, and for the runner: ysnp-runner, ysnp-developer, ysnp-approver, ysnp-author, ysnp-auditor,
/// and ysnp-job where jobs log in with their own token.
std::vector<AccessPolicy> access_policies(const AccessWanted& wanted);
/// Everything in order: the KV engine, the policies, the runner's role, the groups of people.
std::vector<SetupRequest> setup_requests(const AccessWanted& wanted);

/// A pattern of projects as paths of an ACL policy, which knows `+` for one segment: `group/**` becomes `group/+`,
/// `group/+/+` and so on, six segments deep. What is not a whole wildcard segment becomes one.
std::vector<std::string> acl_paths(const std::vector<std::string>& patterns);

} // namespace ysnp::policy
