#pragma once
#include "conf/config.h"
#include "conf/environment.h"
#include "conf/section.h"
#include <sys/types.h>

namespace ysnp::conf {

/// What an entry of `runners` is read with.
struct RunnerContext {
    const Environment& environment;
    const Gate& gate; // the global one
    gid_t group;      // may read token files
    bool others_read; // the file that holds the entry is readable by others: no inline token then
};

/// Reads one entry of `runners`: the names of gitlab-runner's [[runners]].
Runner read_runner(Section section, const RunnerContext& context);

} // namespace ysnp::conf
