#pragma once
#include "docker/objects.h"
#include "runner/policy/finding.h"

namespace ysnp::host {

/// What an Engine says about itself (GET /info): confinement, limits, registries without certificates.
policy::Findings examine_engine(const docker::EngineInfo& info);

} // namespace ysnp::host
