#pragma once
#include <chrono>
#include <optional>

namespace ysnp::gitlab {

/// Puts a runner entry to sleep whose token GitLab keeps refusing. Outages do not count: JobReply::healthy says so.
class Health {
public:
    using Clock = std::chrono::steady_clock;
    explicit Health(int limit = 3, Clock::duration interval = std::chrono::hours(1)) noexcept
        : limit_(limit), interval_(interval)
    {
    }

    /// After a reply. A healthy one resets the count.
    void note(bool healthy, Clock::time_point now) noexcept;
    /// Whether to poll now. Asleep: once the interval since the last healthy reply (or the start) is over, this says
    /// yes once and begins to count anew.
    bool may_poll(Clock::time_point now) noexcept;
    /// The moment of the next probe while asleep.
    std::optional<Clock::time_point> asleep_until() const noexcept;
    /// On every reload of the configuration.
    void reset() noexcept { unhealthy_ = 0; }

private:
    int limit_;
    Clock::duration interval_;
    int unhealthy_ = 0;
    Clock::time_point slept_from_{};
};

} // namespace ysnp::gitlab
