#pragma once
#include "conf/config.h"
#include "runner/cli/options.h"
#include <vector>

namespace ysnp::cli {

/// The runners that fit everything that was given: name, url (compared as GitLab's base) and token.
std::vector<const conf::Runner*> select(const conf::Config& config, const Selection& selection);
inline bool is_empty(const Selection& selection)
{
    return selection.name.empty() && selection.url.empty() && selection.token.empty();
}

} // namespace ysnp::cli
