#pragma once
#include "checks/decide.h"
#include "runner/cli/calls.h"
#include "runner/cli/job_source.h"

namespace ysnp::cli {

/// Whether the job's policy lies in Vault: by the configuration, or because the person names one, by flags or, where
/// there is no configuration, by VAULT_ADDR.
bool is_in_vault(const VaultAccess& access, const ChosenJob& chosen, const Session& session);

/// What the gate says about the job now, on policy that is read from files, or from Vault under the person's own token,
/// never with the runner's login. Nothing else happens: nobody is asked for approval.
checks::Decision judge(const ChosenJob& chosen, const VaultAccess& access, Session& session);
/// The same on the policy of `store`.
checks::Decision judge(const ChosenJob& chosen, policy::Store& store, Calls& calls);

/// 0, 4, 5 or 7.
ExitCode exit_code_of(const checks::Decision& decision);

/// The box of the job's log.
std::string box(const ChosenJob& chosen, const checks::Decision& decision);

} // namespace ysnp::cli
