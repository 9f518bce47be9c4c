#pragma once
#include "net/http.h"
#include "runner/git/source_fault.h"
#include <system_error>

namespace ysnp::git {

/// What a status other than 200 of a git service means for the job.
SourceFault fault_of_status(const net::Response& response, const std::string& url);
/// What a failure of the HTTP client means for the job.
SourceFault fault_of_failure(const std::system_error& error, const std::string& url);

} // namespace ysnp::git
