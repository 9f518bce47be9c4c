#include "docker/network_pool.h"
#include "docker/network_pool_impl.h"
#include "net/failure.h"
#include <algorithm>
#include <random>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

std::system_error timed_out()
{
    return std::system_error(make_error_code(Error::deadline_passed),
                             "wait for a job network: all of docker.network_pool "
                             "is in use");
}

} // namespace

NetworkPool::Impl::Impl(asio::any_io_executor chosen_executor, Engine& chosen_engine, NetworkPoolOptions chosen)
    : executor(chosen_executor), engine(chosen_engine), options(std::move(chosen)),
      subnets(Subnets(options.range), std::random_device{}()), stopped(chosen_executor),
      link(std::make_shared<Lease::Link>(Lease::Link{this})), tasks(chosen_executor)
{
}

/// The first idle one that the Engine still has: who prunes unused networks takes those that wait here.
asio::awaitable<std::optional<NetworkPool::Impl::Network>> NetworkPool::Impl::take_idle(Deadline until)
{
    while (!idle.empty() && waiters.empty()) {
        Network network = idle.front();
        idle.pop_front();
        std::exception_ptr failure;
        bool there = false;
        try {
            const auto found = co_await engine.inspect_network(network.id, until);
            there = found.has_value();
        } catch (...) {
            failure = std::current_exception();
        }
        if (failure) deliver(std::move(network));
        if (failure) std::rethrow_exception(failure);
        if (there) {
            refill_later();
            co_return network;
        }
        subnets.release(network.subnet);
    }
    co_return std::nullopt;
}

asio::awaitable<NetworkPool::Impl::Network> NetworkPool::Impl::take(Deadline until)
{
    if (stopping) throw std::system_error(make_error_code(Error::operation_cancelled), "job network");
    const std::optional<Network> ready = co_await take_idle(until);
    if (ready) co_return *ready;
    const auto self = waiters.emplace(waiters.end(), executor);
    std::exception_ptr failure;
    try {
        refill();
        const bool turn = co_await self->turn.wait(until);
        if (!turn) throw timed_out();
    } catch (...) {
        failure = std::current_exception();
    }
    const auto network = self->network;
    if (!failure) failure = self->failure;
    waiters.erase(self);
    if (failure && network) deliver(*network);
    if (failure) std::rethrow_exception(failure);
    co_return *network;
}

void NetworkPool::Impl::deliver(Network network)
{
    for (Waiter& waiter : waiters) {
        if (waiter.turn.is_set()) continue;
        waiter.network = std::move(network);
        waiter.turn.set();
        return;
    }
    idle.push_back(std::move(network));
}

void NetworkPool::Impl::fail_one(std::exception_ptr failure)
{
    for (Waiter& waiter : waiters) {
        if (waiter.turn.is_set()) continue;
        waiter.failure = failure;
        waiter.turn.set();
        return;
    }
}

asio::awaitable<void> NetworkPool::Impl::stop(Deadline until)
{
    stopping = true;
    stopped.set();
    while (std::any_of(waiters.begin(), waiters.end(), [](const Waiter& waiter) { return !waiter.turn.is_set(); }))
        fail_one(
            std::make_exception_ptr(std::system_error(make_error_code(Error::operation_cancelled), "job network")));
    const bool done = co_await tasks.join_until(until);
    if (!done) tasks.cancel();
    co_await tasks.join();
    link.reset(); // a lease that comes back from now on finds nobody; the next start removes its network
    co_await remove_idle(until);
}

asio::awaitable<void> NetworkPool::Impl::remove_idle(Deadline until)
{
    while (!idle.empty()) {
        tasks.spawn(discard(idle.front(), until));
        idle.pop_front();
    }
    co_await tasks.join();
}

NetworkPool::Lease::Lease(std::weak_ptr<Link> pool, NetworkId id, std::uint32_t subnet)
    : pool_(std::move(pool)), id_(std::move(id)), subnet_(subnet)
{
}

NetworkPool::Lease::Lease(Lease&&) noexcept = default; // leaves an empty weak_ptr behind

NetworkPool::Lease::~Lease()
{
    if (const auto link = pool_.lock()) link->pool->returned({std::move(id_), subnet_});
}

NetworkPool::NetworkPool(asio::any_io_executor executor, Engine& engine, NetworkPoolOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), engine, std::move(options)))
{
}

NetworkPool::~NetworkPool() = default;

void NetworkPool::start() { impl_->refill(); }

asio::awaitable<NetworkPool::Lease> NetworkPool::take(Deadline until)
{
    Impl::Network network = co_await impl_->take(until);
    co_return Lease(impl_->link, std::move(network.id), network.subnet);
}

asio::awaitable<void> NetworkPool::stop(Deadline until) { co_await impl_->stop(until); }

std::size_t NetworkPool::idle() const noexcept { return impl_->idle.size(); }

} // namespace ysnp::docker
