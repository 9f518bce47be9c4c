#include "docker/network_pool_impl.h"
#include "net/failure.h"
#include <algorithm>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_makers = 4; // the Engine makes one after the other anyway
constexpr int most_foreign_in_a_row = 256;
constexpr std::chrono::seconds one_call{60};
constexpr std::chrono::milliseconds refill_pause{1000};
constexpr std::chrono::seconds patience{60}; // for the last container to leave a network
constexpr std::chrono::seconds foreign_pause{5};

} // namespace

void NetworkPool::Impl::refill()
{
    const auto waiting = static_cast<std::size_t>(
        std::count_if(waiters.begin(), waiters.end(), [](const Waiter& waiter) { return !waiter.turn.is_set(); }));
    const std::size_t missing = options.spare > idle.size() ? options.spare - idle.size() : 0;
    while (!stopping && making < std::min(waiting + missing, most_makers)) {
        const auto subnet = reserve();
        if (!subnet) return; // a lease that ends calls again
        ++making;
        tasks.spawn(make(*subnet));
    }
}

void NetworkPool::Impl::refill_later()
{
    if (refill_is_due || idle.size() >= options.spare) return;
    refill_is_due = true;
    tasks.spawn(pause_and_refill());
}

asio::awaitable<void> NetworkPool::Impl::pause_and_refill()
{
    const bool stop_came = co_await stopped.wait(in(refill_pause));
    refill_is_due = false;
    if (!stop_came) refill();
}

asio::awaitable<void> NetworkPool::Impl::make(std::uint32_t subnet)
{
    bool made = false;
    try {
        const auto network = co_await create(subnet);
        made = network.has_value();
        if (network) deliver(*network);
    } catch (...) {
        fail_one(std::current_exception());
    }
    --making;
    if (made) refill(); // else the next take() or returned lease sees to it
}

std::optional<std::uint32_t> NetworkPool::Impl::reserve()
{
    if (const auto index = subnets.reserve()) return index;
    const auto now = std::chrono::steady_clock::now();
    if (now < next_forgiveness) return std::nullopt;
    next_forgiveness = now + foreign_pause;
    subnets.forget_foreign();
    return subnets.reserve();
}

/// Begins with a reserved subnet and goes on with others while those are foreign. Nothing when all are in use.
asio::awaitable<std::optional<NetworkPool::Impl::Network>> NetworkPool::Impl::create(std::uint32_t subnet)
{
    std::optional<std::uint32_t> index = subnet;
    for (int tries = 0; index && tries < most_foreign_in_a_row; ++tries) {
        NetworkSpec spec{random_name("job-net"), subnets.at(*index), owner_labels(options.owner), false, options.mtu};
        spec.labels["ysnp.pool"] = "job";
        try {
            NetworkId id = co_await engine.create_network(std::move(spec), in(one_call));
            co_return Network{std::move(id), *index};
        } catch (const EngineError& error) {
            if (!subnet_taken(error) && !pools_exhausted(error)) {
                subnets.release(*index);
                throw;
            }
        }
        subnets.mark_foreign(*index);
        index = reserve();
    }
    if (index) subnets.release(*index);
    co_return std::nullopt;
}

void NetworkPool::Impl::returned(Network network) noexcept
{
    try {
        tasks.spawn(recycle(std::move(network)));
    } catch (...) { // out of memory: its labels let the next start find it
    }
}

/// Containers that run show in the network, those that were never started only in their own settings.
asio::awaitable<bool> NetworkPool::Impl::unattached(NetworkId network)
{
    const auto info = co_await engine.inspect_network(network, in(one_call));
    if (!info) throw EngineError(http_status_code(404), "GET /networks", 404, "it is gone", FailureReason::system);
    if (!info->attached.empty()) co_return false;
    const auto containers = co_await engine.list_attached(*info, in(one_call));
    co_return containers.empty();
}

asio::awaitable<void> NetworkPool::Impl::recycle(Network network)
{
    const Deadline limit = in(patience);
    auto pause = options.recheck;
    bool free = false;
    try {
        while (!free && !stopping && std::chrono::steady_clock::now() < limit) {
            free = co_await unattached(network.id);
            if (free) break;
            co_await sleep_until(in(pause));
            pause = std::min(pause * 3 / 2, std::chrono::milliseconds(1000));
        }
    } catch (const std::system_error&) {
        free = false;
    }
    const bool waited_for =
        std::any_of(waiters.begin(), waiters.end(), [](const Waiter& w) { return !w.turn.is_set(); });
    if (free && !stopping && (waited_for || idle.size() < options.keep)) {
        deliver(std::move(network));
        co_return;
    }
    co_await discard(std::move(network), in(one_call));
    refill();
}

/// Removes a network, and from it whatever hangs on it by force.
asio::awaitable<void> NetworkPool::Impl::discard(Network network, Deadline until)
{
    Removal removal = Removal::in_use;
    try {
        removal = co_await engine.remove_network(network.id, until);
        if (removal == Removal::in_use) {
            const auto info = co_await engine.inspect_network(network.id, until);
            if (info)
                for (const std::string& container : info->attached)
                    co_await engine.disconnect(network.id, container, until);
            removal = co_await engine.remove_network(network.id, until);
        }
    } catch (const std::system_error&) {
        removal = Removal::in_use; // left to the sweep of the next start
    }
    if (removal == Removal::gone) subnets.release(network.subnet);
}

} // namespace ysnp::docker
