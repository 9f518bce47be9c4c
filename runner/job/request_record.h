#pragma once
#include "checks/decide.h"
#include <string>

/// What the audit chain keeps of a request for approval: JSON texts, each the body of one record.
namespace ysnp::job {

/// Of a document in a record: escaped, six times as long at worst, it has to fit a record that `audit show` reads.
inline constexpr std::size_t longest_document = 1u << 20;

/// kind `request`: what is asked of whom, until when, on which policy; with the document that people are shown, as far
/// as it is no longer than longest_document, else with its size.
std::string request_record(const checks::ApprovalRequest& request, const std::string& policy_revision);
/// kind `approval` or `denial`: who answered, why, and for how long.
std::string answer_record(const checks::ApprovalRequest& request, const checks::ApprovalRecord& record,
                          const std::string& policy_revision);
/// kind `stop`: a job that ran was stopped, as the policy store took the runner's login back.
std::string stop_record(const checks::Decision& decision, const std::string& why);
/// kind `start`: a job that people were asked about begins; on which policy, who started it, who approved it and why.
/// Of a job that policy alone lets pass the decision is the start.
std::string start_record(const std::string& request_id, const checks::Decision& decision);

} // namespace ysnp::job
