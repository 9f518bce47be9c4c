#include "net/wait.h"
#include "net/failure.h"
#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <vector>

namespace ysnp {

namespace asio = boost::asio;

namespace {

std::system_error cancelled(const char* what)
{
    return std::system_error(make_error_code(Error::operation_cancelled), what);
}

} // namespace

asio::awaitable<void> sleep_until(Deadline until)
{
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, until);
    boost::system::error_code code;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, code));
    if (code) throw cancelled("sleep");
}

/// One coroutine that waits; it lives in that coroutine's frame.
struct Waiter {
    asio::steady_timer timer;
    bool woken = false;
};

struct Event::State {
    bool set = false;
    std::vector<Waiter*> waiters;

    void remove(Waiter* waiter) { std::erase(waiters, waiter); }
};

Event::Event(asio::any_io_executor) : state_(std::make_shared<State>()) {}

Event::~Event() = default;

void Event::set()
{
    state_->set = true;
    for (Waiter* waiter : std::exchange(state_->waiters, {})) {
        waiter->woken = true;
        waiter->timer.cancel();
    }
}

void Event::reset() { state_->set = false; }

bool Event::is_set() const noexcept { return state_->set; }

asio::awaitable<bool> Event::wait(Deadline until)
{
    if (state_->set) co_return true;
    const auto executor = co_await asio::this_coro::executor;
    const auto state = state_;
    Waiter waiter{asio::steady_timer(executor, until)};
    state->waiters.push_back(&waiter);
    const auto leave =
        std::unique_ptr<Waiter, std::function<void(Waiter*)>>(&waiter, [&state](Waiter* self) { state->remove(self); });
    boost::system::error_code code;
    co_await waiter.timer.async_wait(asio::redirect_error(asio::use_awaitable, code));
    if (waiter.woken || state->set) co_return true;
    if (code) throw cancelled("wait for an event");
    co_return false;
}

} // namespace ysnp
