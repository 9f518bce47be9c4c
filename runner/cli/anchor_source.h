#pragma once
#include "runner/audit/anchor.h"
#include "runner/cli/options.h"
#include "runner/cli/session.h"
#include <optional>

namespace ysnp::cli {

/// The head of this host's chain as Vault keeps it: asked for with a person's token where there is one, else with the
/// runner's login. nullopt: the policy is in files, or none was anchored yet. Throws CommandError where it cannot be
/// known.
std::optional<audit::Anchor> anchored_head(const AuditVerify& options, const conf::Config& config, Session& session);

} // namespace ysnp::cli
