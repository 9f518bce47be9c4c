#pragma once
#include "checks/facts.h"
#include "checks/policy.h"
#include <vector>

namespace ysnp::policy {

/// The TZif files of the zones that windows of the policy name, from /usr/share/zoneinfo; `local` is /etc/localtime.
/// A zone that is not there is left out: its window then refuses.
std::vector<checks::ZoneData> zones_of(const checks::Policy& policy);

} // namespace ysnp::policy
