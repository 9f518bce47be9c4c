#include "docker/janitor.h"
#include "net/failure.h"
#include "net/wait.h"
#include <algorithm>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds one_attempt{60};
constexpr std::chrono::seconds farewell_time{10};
constexpr const char* no_time_left = "there was no time left";

/// What one attempt came to, in words for left_behind; empty: gone.
std::string explain(Removal removal)
{
    switch (removal) {
    case Removal::gone:
        return {};
    case Removal::in_progress:
        return "its removal is still in progress";
    case Removal::in_use:
        break;
    }
    return "it is still in use";
}

} // namespace

Janitor::Janitor(asio::any_io_executor executor, Engine& engine, JanitorOptions options)
    : engine_(engine), options_(std::move(options)), ending_(executor), tasks_(std::move(executor))
{
}

Janitor::~Janitor() = default;

asio::awaitable<void> Janitor::until_gone(std::string object, Attempt attempt)
{
    const Deadline patience = in(options_.patience);
    auto pause = options_.first_pause;
    std::string why;
    try {
        for (;;) {
            try {
                const Removal removal = co_await attempt(std::min(in(one_attempt), patience));
                why = explain(removal);
            } catch (const std::system_error& error) {
                if (error.code() == Failure::cancelled) throw;
                why = error.what();
            }
            if (why.empty()) co_return;
            if (in(pause) >= patience) break;
            co_await sleep_until(in(pause));
            pause = std::min(pause * 2, options_.longest_pause);
        }
    } catch (const std::exception&) { // cancelled: join() gave up
        why = why.empty() ? no_time_left : why;
    }
    leave_behind(object, why);
}

void Janitor::leave_behind(const std::string& object, const std::string& why) const
{
    if (options_.left_behind) options_.left_behind(object, why);
}

void Janitor::queue(std::string object, Attempt attempt) noexcept
{
    try {
        if (closed_)
            leave_behind(object, no_time_left);
        else
            tasks_.spawn(until_gone(std::move(object), std::move(attempt)));
    } catch (...) { // out of memory: the labels let the next start find it
    }
}

Janitor::Attempt Janitor::removal_of(ContainerId container)
{
    return [this, container = std::move(container)](Deadline until) { return engine_.remove(container, until); };
}

void Janitor::remove(ContainerId container) noexcept
{
    std::string name = "container " + container.value;
    queue(std::move(name), removal_of(std::move(container)));
}

asio::awaitable<void> Janitor::part(ContainerId container, Farewell farewell, Belongings belongings)
{
    try {
        co_await farewell(in(farewell_time));
    } catch (const std::exception&) { // it goes by force
    }
    const std::string name = "container " + container.value;
    if (closed_)
        leave_behind(name, no_time_left);
    else
        co_await until_gone(name, removal_of(std::move(container)));
    belongings.reset(); // while this task counts: join() waits for what it queues
}

void Janitor::retire(ContainerId container, Farewell farewell, Belongings belongings) noexcept
{
    try {
        tasks_.spawn(part(std::move(container), std::move(farewell), std::move(belongings)));
    } catch (...) { // out of memory: the labels let the next start find it
    }
}

asio::awaitable<void> Janitor::look_again(std::string container_name)
{
    const ContainerId container{container_name}; // the Engine takes a name for an id
    const std::string object = "container " + container_name;
    co_await until_gone(object, removal_of(container));
    for (const auto pause : options_.second_looks) {
        const bool ending = co_await ending_.wait(in(pause));
        co_await until_gone(object, removal_of(container));
        if (ending) co_return;
    }
}

void Janitor::reconcile(std::string container_name) noexcept
{
    try {
        if (!closed_) tasks_.spawn(look_again(std::move(container_name)));
    } catch (...) { // out of memory: the labels let the next start find it
    }
}

void Janitor::remove(VolumeName volume) noexcept
{
    std::string name = "volume " + volume.value;
    queue(std::move(name), [this, volume](Deadline until) { return engine_.remove_volume(volume, until); });
}

void Janitor::remove(NetworkId network) noexcept
{
    std::string name = "network " + network.value;
    queue(std::move(name), [this, network](Deadline until) { return remove_network_by_force(network, until); });
}

/// A network of ours with endpoints left: whatever hangs on it has no business there.
asio::awaitable<Removal> Janitor::remove_network_by_force(NetworkId network, Deadline until)
{
    const Removal first = co_await engine_.remove_network(network, until);
    if (first == Removal::gone) co_return first;
    const auto found = co_await engine_.inspect_network(network, until);
    if (!found) co_return Removal::gone;
    for (const std::string& container : found->attached) co_await engine_.disconnect(network, container, until);
    co_return co_await engine_.remove_network(network, until);
}

asio::awaitable<void> Janitor::join(Deadline until)
{
    ending_.set();
    const bool done = co_await tasks_.join_until(until);
    if (done) co_return;
    closed_ = true;
    tasks_.cancel();
    co_await tasks_.join();
}

} // namespace ysnp::docker
