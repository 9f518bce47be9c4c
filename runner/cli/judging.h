#pragma once
#include "checks/decide.h"
#include "runner/cli/job_source.h"

namespace ysnp::cli {

/// What the gate says about the job now, on the policy of the file store. Nothing else happens. Throws CommandError
/// (gate_unavailable) where the policy lives in Vault.
checks::Decision judge(const ChosenJob& chosen);

/// 0, 4, 5 or 7.
ExitCode exit_code_of(const checks::Decision& decision);

/// The box of the job's log.
std::string box(const ChosenJob& chosen, const checks::Decision& decision);

} // namespace ysnp::cli
