#pragma once
#include "conf/gate.h"
#include "conf/section.h"

namespace ysnp::conf {

/// Reads `gate`. `now` bounds learn_until: at most 90 days ahead.
void read_gate(Section section, Gate& into, std::chrono::system_clock::time_point now);
/// Reads `runners[].gate`, which overrides the mode and the place of the documents: mode, learn_until, projects, mount,
/// path. `into` holds the global gate.
void read_gate_override(Section section, Gate& into, std::chrono::system_clock::time_point now);

} // namespace ysnp::conf
