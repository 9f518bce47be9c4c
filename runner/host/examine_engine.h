#pragma once
#include "docker/container.h"
#include "docker/objects.h"
#include "runner/policy/finding.h"
#include <vector>

namespace ysnp::host {

/// What an Engine says about itself (GET /info): confinement, limits, registries without certificates.
policy::Findings examine_engine(const docker::EngineInfo& info);
/// Containers of others on the same Engine, through which jobs' neighbours could be root of this host (AC-H06):
/// privileged, with an Engine's socket or the whole disk, in the host's namespaces.
policy::Findings examine_neighbours(const std::vector<docker::Inspection>& containers);

} // namespace ysnp::host
