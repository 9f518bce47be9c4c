#pragma once
#include "runner/policy/answering.h"
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ysnp::cli {

/// Who asks: "alice (verified)" or "alice (as GitLab claims)". Not escaped.
std::string requester_of(const checks::ApprovalRequest& request);

/// How often people were asked about the same before, without an approval: "2 denied, 1 unanswered"; empty: never.
std::string asked_before(const checks::ApprovalRequest& request);

/// A request for `--output json`: what it says, and what people answered so far. Without its document.
nlohmann::ordered_json json_of(const policy::FoundRequest& found);

} // namespace ysnp::cli
