#pragma once
#include "runner/cli/person.h"
#include "runner/policy/answering.h"
#include <chrono>
#include <string>

namespace ysnp::cli {

/// The request that a command speaks of, in `project` or, where that is empty, wherever it lies in the mount. Throws
/// CommandError: usage for what is no id or no path; failure where there is none, or more than one; broken_integrity,
/// loudly, for a request whose document is not what its digest, id and place say.
policy::FoundRequest chosen_request(Person& person, const std::string& id, const std::string& project);

/// The wall clock of the session, as decisions know it.
checks::Now now_of(const Session& session);

/// "4m", "3h", "2d" between two moments; "0m" for none or less.
std::string age_text(std::chrono::seconds age);

} // namespace ysnp::cli
