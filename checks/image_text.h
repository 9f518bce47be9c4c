#pragma once
#include "checks/expand.h"
#include "checks/facts.h"
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::checks {

/// Variables as expansion sees them: those of the local configuration, then the payload's, which win.
std::vector<Variable> expansion_variables(const JobFacts& facts);

/// Whether `text` refers, in one or two steps, to a name for which `is_open` holds. It gets nullptr for a name that
/// neither payload nor local configuration sets: the runner itself may, when the job runs.
bool depends_on(std::string_view text, const Expander& expander, const std::function<bool(const Variable*)>& is_open);

} // namespace ysnp::checks
