#include "gitlab-api/health.h"

namespace ysnp::gitlab {

void Health::note(bool healthy, Clock::time_point now) noexcept
{
    if (healthy) {
        unhealthy_ = 0;
        return;
    }
    if (unhealthy_ < limit_ && ++unhealthy_ == limit_) slept_from_ = now;
}

std::optional<Health::Clock::time_point> Health::asleep_until() const noexcept
{
    if (limit_ <= 0 || unhealthy_ < limit_) return std::nullopt;
    return slept_from_ + interval_;
}

bool Health::may_poll(Clock::time_point now) noexcept
{
    const auto until = asleep_until();
    if (!until) return true;
    if (now < *until) return false;
    unhealthy_ = limit_ - 1; // one probe: if it is refused too, sleep again
    return true;
}

} // namespace ysnp::gitlab
