#pragma once
#include "checks/facts.h"
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the runner notes beside a request that people granted, at `<project>/approvals/<id>/used/0`: that their answers
/// counted, and let the request's own job start. It is for people alone: no decision is made from it.
namespace ysnp::policy {

struct Grant {
    checks::Now time{};
    std::vector<std::string> by; ///< logins, or entities, whose approvals counted
};

/// Where it lies below the mount.
std::string grant_path(const std::string& project, const std::string& id);

std::string write_grant(const checks::ApprovalRequest& request, const Grant& grant);
/// Nothing for a text that is none, or that is about another request.
std::optional<Grant> read_grant(std::string_view text, const checks::ApprovalRequest& request);

} // namespace ysnp::policy
