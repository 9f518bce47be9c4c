#pragma once
#include "conf/config.h"
#include <string>
#include <vector>

namespace ysnp::conf {

/// What a reload changes. Jobs that run keep the configuration they began with.
struct Changes {
    std::vector<std::string> added, removed, changed; // names of runners
    std::vector<std::string> settings;     // global keys that apply at once: "concurrent", "log.level", "gate"
    std::vector<std::string> need_restart; // global keys that keep their old value until a restart

    bool empty() const
    {
        return added.empty() && removed.empty() && changed.empty() && settings.empty() && need_restart.empty();
    }
    /// "runners added: b; removed: a; changed: concurrent; needs a restart: state_dir"
    std::string to_string() const;
};

/// Pure. Tokens are compared through their state's name, so a token that GitLab rotated is no change
/// here; the running service compares it with the one in use (runner/job/roster.h).
Changes difference(const Config& before, const Config& after);

/// Gives `after` the values of `before` for what needs a restart, so that the next reload is compared with what is in
/// use.
void keep_until_restart(const Config& before, Config& after);

} // namespace ysnp::conf
