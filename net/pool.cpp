#include "net/pool.h"
#include <utility>

namespace ysnp::net {

namespace {
constexpr std::chrono::seconds max_idle_time{90};
}

bool Pool::young(const Idle& idle, Deadline now) const
{
    return now - idle.connection.born < max_age_ && now - idle.since < max_idle_time;
}

std::optional<Pooled> Pool::take()
{
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(idle_, [&](const Idle& idle) { return !young(idle, now); });
    while (!idle_.empty()) {
        Pooled connection = std::move(idle_.back().connection);
        idle_.pop_back();
        if (connection.stream->quiet()) return connection;
    }
    return std::nullopt;
}

void Pool::give(Pooled connection)
{
    const auto now = std::chrono::steady_clock::now();
    if (max_idle_ == 0 || now - connection.born >= max_age_) return;
    if (idle_.size() >= max_idle_) idle_.erase(idle_.begin());
    idle_.push_back({std::move(connection), now});
}

} // namespace ysnp::net
