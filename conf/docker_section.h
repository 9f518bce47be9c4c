#pragma once
#include "conf/section.h"
#include "docker/options.h"

namespace ysnp::conf {

/// Reads `runners[].docker`: the names of gitlab-runner's [runners.docker]. What it has and we do not is refused by
/// name, with where the setting lives now.
void read_docker(Section section, docker::Options& into);

} // namespace ysnp::conf
