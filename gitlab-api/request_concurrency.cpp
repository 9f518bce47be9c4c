#include "gitlab-api/request_concurrency.h"
#include <algorithm>
#include <cmath>

namespace ysnp::gitlab {

int AdaptiveConcurrency::allowed() const noexcept { return std::clamp(static_cast<int>(std::ceil(share_)), 1, most_); }

void AdaptiveConcurrency::note(bool got_job, bool retried) noexcept
{
    const double factor = retried ? 0.5 : got_job ? 1.1 : 0.95;
    share_ = std::clamp(share_ * factor, 0.1, static_cast<double>(most_));
}

} // namespace ysnp::gitlab
