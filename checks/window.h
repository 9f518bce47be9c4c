#pragma once
#include "checks/facts.h"
#include "checks/policy.h"
#include <optional>
#include <string>
#include <vector>

namespace ysnp::checks {

/// Whether `now` lies in the window; nullopt when the zone's data is not among `zones`. `UTC` needs none.
std::optional<bool> inside(const Window& window, const std::vector<ZoneData>& zones, Now now);
/// "weekly on 1, 2 from 08:00:00 for 3600 s, Europe/Zurich"
std::string describe(const Window& window);

} // namespace ysnp::checks
