#pragma once
#include "checks/decide.h"
#include "checks/facts.h"
#include "checks/policy.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// What the records of people add up to.
struct Tally {
    enum class Outcome { waiting, granted, denied, expired };
    Outcome outcome = Outcome::waiting;
    std::vector<ApprovalRecord> approvals; ///< those that counted, each person's once
    std::vector<std::string> earlier;      ///< ids of earlier requests whose approvals counted
    std::optional<ApprovalRecord> denial;  ///< the one that ended it
    std::vector<std::string> notes;        ///< records that did not count, and why
    Reason reason;                         ///< with denied and expired
};

/// Counts positive records only: an absence never approves. A record counts when it lies in this project, names this
/// digest, and either answers this very request or is good for the digest until a date that policy's `valid_for` still
/// allows, with a use left of policy's `max_uses`; when its writer is in one of the rule's groups; and, with
/// `not_requester`, is not the one who started the job. The rule's `person` has to be among those who approve, whatever
/// their groups. A removed code of v1 never satisfies a rule of ysnp_policy. One valid denial ends it. Precondition:
/// `facts.approval`.
Tally tally_approvals(const ApprovalRule& rule, const JobFacts& facts, std::string_view digest, Now now);

/// The text of a record: `{"digest", "nonce", "decision", "scope", "until", "reason"}`. Fills those members of
/// `record`. Returns what is wrong with it; empty when nothing is.
std::string read_approval(std::string_view text, ApprovalRecord& record);
/// The text that read_approval reads. Throws std::invalid_argument for what JSON cannot hold.
std::string write_approval(const ApprovalRecord& record);

} // namespace ysnp::checks
