#pragma once
#include "net/deadline.h"
#include "net/stream.h"
#include <memory>
#include <optional>
#include <vector>

namespace ysnp::net {

/// A connection that may serve several requests, with the time it was made.
struct Pooled {
    std::unique_ptr<Stream> stream;
    Deadline born;
};

/// Idle connections of one origin, the youngest used first.
class Pool {
public:
    Pool(std::size_t max_idle, std::chrono::seconds max_age) : max_idle_(max_idle), max_age_(max_age) {}

    /// A connection that is still good: not too old, not idle for more than 90 s, not closed by the peer.
    std::optional<Pooled> take();
    void give(Pooled connection);
    void clear() noexcept { idle_.clear(); }
    std::size_t size() const noexcept { return idle_.size(); }

private:
    struct Idle {
        Pooled connection;
        Deadline since;
    };
    bool young(const Idle& idle, Deadline now) const;

    std::size_t max_idle_;
    std::chrono::seconds max_age_;
    std::vector<Idle> idle_;
};

} // namespace ysnp::net
