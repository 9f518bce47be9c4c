#pragma once
#include "runner/cli/options.h"
#include "runner/policy/allow.h"

namespace ysnp::cli {

/// Whether the person names entries, instead of a job to make them of.
bool names_entries(const GateAllow& options);

/// What --entry and --image name, read as strictly as the whitelist is. Throws CommandError (usage).
policy::Allowance named_entries(const GateAllow& options);

} // namespace ysnp::cli
