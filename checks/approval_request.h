#pragma once
#include "checks/facts.h"
#include <string>
#include <string_view>

namespace ysnp::checks {

/// The text of a request (docs/approvals.md), canonical JSON. Throws std::invalid_argument for what JSON cannot hold.
std::string write_request(const ApprovalRequest& request);

/// Reads that text strictly: every member there, of its type and within its bounds, none besides, and the digest that
/// of the document. Fills everything but `id`. Returns what is wrong; empty when nothing is.
std::string read_request(std::string_view text, ApprovalRequest& request);

/// What ends the ids of all requests for one digest: its first 12 characters after `ysnp2:`.
std::string request_suffix(std::string_view digest);

/// Name of a request's folder: `<job id>-<suffix>`.
std::string request_id(std::int64_t job_id, std::string_view digest);

/// The job that an id speaks of, 0 for what is no id of a request.
std::int64_t job_of_request(std::string_view id);

} // namespace ysnp::checks
