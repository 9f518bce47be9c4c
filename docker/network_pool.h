#pragma once
#include "docker/engine.h"
#include "docker/labels.h"
#include "docker/subnets.h"
#include <memory>

namespace ysnp::docker {

struct NetworkPoolOptions {
    std::string range = "10.213.0.0/16";
    std::size_t spare = 2; ///< prepared ahead
    std::size_t keep = 8;  ///< idle ones that are kept; more are removed
    int mtu = 0;
    Owner owner;
    std::chrono::milliseconds recheck{50}; ///< between two questions whether a returned network is free
};

/// Networks for jobs, one each, made before they are needed (creating one takes longer than starting a container). A
/// network comes back into use only when the Engine says that nothing is attached to it, and goes when that takes too
/// long. Pools of other processes live beside it: networks are known by id, a subnet that is taken is skipped.
class NetworkPool {
public:
    NetworkPool(boost::asio::any_io_executor executor, Engine& engine, NetworkPoolOptions options);
    ~NetworkPool(); ///< after stop()

    /// A network of one job. Its destructor returns it; it may outlive the pool.
    class Lease {
    public:
        Lease(Lease&&) noexcept;
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        const NetworkId& id() const noexcept { return id_; }

    private:
        friend class NetworkPool;
        struct Link;
        Lease(std::weak_ptr<Link> pool, NetworkId id, std::uint32_t subnet);
        std::weak_ptr<Link> pool_; // the pool's: a lease that comes back too late finds nobody
        NetworkId id_;
        std::uint32_t subnet_;
    };

    /// Begins to prepare the spare ones.
    void start();
    /// An idle network that the Engine still has, else one made for the caller; when every subnet is in use, waits for
    /// one to come back. Throws EngineError; Failure::timed_out at the deadline.
    boost::asio::awaitable<Lease> take(Deadline until);
    /// Removes all that is idle or comes back until the deadline.
    boost::asio::awaitable<void> stop(Deadline until);
    std::size_t idle() const noexcept;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::docker
