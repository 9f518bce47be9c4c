#pragma once
#include "checks/facts.h"
#include "runner/policy/gate.h"

namespace ysnp::policy {

/// The facts of a payload. Identity comes from typed fields alone; what contradicts them becomes an objection, so that
/// the decision names all of them. Never throws on content.
checks::JobFacts facts_of(const gitlab::Job& job, const Surroundings& around);

checks::LocalRules local_rules(const conf::Gate& gate);

} // namespace ysnp::policy
