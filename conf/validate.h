#pragma once
#include "conf/config.h"
#include "conf/report.h"

namespace ysnp::conf {

/// What no single key can know: names that come twice, two origins of GitLab on one policy store, a token used twice.
void validate(const Config& config, Report& report);

} // namespace ysnp::conf
