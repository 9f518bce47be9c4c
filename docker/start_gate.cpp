#include "docker/start_gate.h"
#include "net/failure.h"
#include <algorithm>
#include <thread>

namespace ysnp::docker {

namespace asio = boost::asio;

StartGate::StartGate(asio::any_io_executor executor, std::size_t width)
    : executor_(std::move(executor)),
      free_(width != 0 ? width : std::max<std::size_t>(2, 2 * std::thread::hardware_concurrency()))
{
}

asio::awaitable<StartGate::Permit> StartGate::enter(Deadline until)
{
    if (free_ > 0 && queue_.empty()) {
        --free_;
        co_return Permit(this);
    }
    const auto self = queue_.emplace(queue_.end(), executor_);
    try {
        const bool admitted = co_await self->turn.wait(until);
        if (!admitted) throw std::system_error(make_error_code(Error::deadline_passed), "wait for a container's turn");
    } catch (...) {
        const bool had_turn = self->admitted; // and lost it to a cancellation at the same moment
        queue_.erase(self);
        if (had_turn) leave();
        throw;
    }
    queue_.erase(self);
    co_return Permit(this);
}

void StartGate::leave() noexcept
{
    const auto next = std::find_if(queue_.begin(), queue_.end(), [](const Waiter& waiter) { return !waiter.admitted; });
    if (next == queue_.end()) {
        ++free_;
        return;
    }
    next->admitted = true;
    next->turn.set();
}

} // namespace ysnp::docker
