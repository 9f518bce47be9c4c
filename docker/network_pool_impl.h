#pragma once
#include "docker/network_pool.h"
#include "docker/subnet_allocator.h"
#include "net/task_group.h"
#include "net/wait.h"
#include <deque>
#include <list>
#include <optional>

namespace ysnp::docker {

/// What a lease knows of its pool.
struct NetworkPool::Lease::Link {
    NetworkPool::Impl* pool;
};

struct NetworkPool::Impl {
    struct Network {
        NetworkId id;
        std::uint32_t subnet = 0;
    };
    struct Waiter {
        explicit Waiter(boost::asio::any_io_executor executor) : turn(std::move(executor)) {}
        Event turn;
        std::optional<Network> network;
        std::exception_ptr failure;
    };

    Impl(boost::asio::any_io_executor executor, Engine& engine, NetworkPoolOptions chosen);

    boost::asio::awaitable<Network> take(Deadline until);
    /// A lease ended: the network is used again once nothing is attached.
    void returned(Network network) noexcept;
    /// Starts as many makers as waiters and spares need.
    void refill();
    /// The same in a while: making a network now would slow down the start of the container that took one.
    void refill_later();
    boost::asio::awaitable<void> stop(Deadline until);

    boost::asio::any_io_executor executor;
    Engine& engine;
    NetworkPoolOptions options;
    SubnetAllocator subnets;
    std::deque<Network> idle;
    std::list<Waiter> waiters;
    std::size_t making = 0;
    bool stopping = false;
    bool refill_is_due = false;
    Event stopped;
    Deadline next_forgiveness{};
    std::shared_ptr<Lease::Link> link; // shared with the leases, which hold it weakly
    TaskGroup tasks;

private:
    boost::asio::awaitable<std::optional<Network>> take_idle(Deadline until);
    boost::asio::awaitable<void> pause_and_refill();
    boost::asio::awaitable<void> make(std::uint32_t subnet);
    boost::asio::awaitable<std::optional<Network>> create(std::uint32_t subnet);
    boost::asio::awaitable<void> recycle(Network network);
    boost::asio::awaitable<bool> unattached(NetworkId network);
    boost::asio::awaitable<void> discard(Network network, Deadline until);
    boost::asio::awaitable<void> remove_idle(Deadline until);
    std::optional<std::uint32_t> reserve();
    void deliver(Network network);
    void fail_one(std::exception_ptr failure);
};

} // namespace ysnp::docker
