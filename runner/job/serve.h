#pragma once
#include "conf/config.h"
#include "runner/job/service.h"
#include <string>

namespace ysnp::job {

/// What the program knows about itself.
struct Build {
    std::string version, revision;
};

/// Runs the service in this thread until it is told to stop (host::Signals): opens audit chain, journal and secrets,
/// cleans up after an earlier run, polls. Throws system_error for what keeps it from starting.
void serve(conf::Config config, Reload reload, const Build& build);

} // namespace ysnp::job
