#pragma once
#include "net/http.h"
#include "runner/git/source_fault.h"
#include <string_view>
#include <system_error>

namespace ysnp::git {

/// What a status other than 200 of a git service means for the job.
SourceFault fault_of_status(const net::Response& response, const std::string& url);
/// What a failure of the HTTP client means for the job.
SourceFault fault_of_failure(const std::system_error& error, const std::string& url);

/// How long the ERR packet is that a git service answers with instead of objects (gitprotocol-pack(5)), if `reply`, 8
/// bytes at least, begins with one; else 0.
std::size_t refusal_length(std::string_view reply);
/// What such a packet means for the job.
SourceFault fault_of_refusal(std::string_view packet, const std::string& url);

} // namespace ysnp::git
