#include "net/task_group.h"
#include "net/cancellation.h"
#include "net/wait.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <list>

namespace ysnp {

namespace asio = boost::asio;

struct TaskGroup::State {
    asio::any_io_executor executor;
    std::list<asio::cancellation_signal> tasks;
    std::list<asio::steady_timer*> joiners;
    std::exception_ptr failure;

    void finish(std::list<asio::cancellation_signal>::iterator task, std::exception_ptr error);
};

void TaskGroup::State::finish(std::list<asio::cancellation_signal>::iterator task, std::exception_ptr error)
{
    tasks.erase(task);
    if (error && !failure && !is_cancellation(error)) failure = error;
    if (!tasks.empty()) return;
    for (auto* joiner : joiners) joiner->cancel();
}

TaskGroup::TaskGroup(asio::any_io_executor executor) : state_(std::make_shared<State>())
{
    state_->executor = std::move(executor);
}

TaskGroup::~TaskGroup()
{
    if (state_->tasks.empty()) return;
    std::fputs("ysnp: a TaskGroup ended while tasks of it were running; join it first\n", stderr);
    std::abort();
}

void TaskGroup::spawn(asio::awaitable<void> task)
{
    const auto self = state_->tasks.emplace(state_->tasks.end());
    asio::co_spawn(state_->executor, std::move(task),
                   asio::bind_cancellation_slot(self->slot(), [state = state_, self](std::exception_ptr error) {
                       state->finish(self, std::move(error));
                   }));
}

void TaskGroup::cancel()
{
    // A task may end inside emit() and so leave the list: step on before.
    for (auto task = state_->tasks.begin(); task != state_->tasks.end();) (task++)->emit(asio::cancellation_type::all);
}

asio::awaitable<bool> TaskGroup::join_until(Deadline until)
{
    const auto state = state_;
    const bool before = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    asio::steady_timer timer(state->executor, until);
    const auto joiner = state->joiners.insert(state->joiners.end(), &timer);
    // An empty slot: the caller's own cancellation must not end the wait.
    const auto deaf = asio::bind_cancellation_slot(asio::cancellation_slot(), asio::use_awaitable);
    while (!state->tasks.empty() && std::chrono::steady_clock::now() < until) {
        boost::system::error_code code;
        co_await timer.async_wait(asio::redirect_error(deaf, code));
    }
    state->joiners.erase(joiner);
    co_await asio::this_coro::throw_if_cancelled(before);
    co_return state->tasks.empty();
}

asio::awaitable<bool> TaskGroup::idle_until(Deadline until)
{
    const auto state = state_;
    asio::steady_timer timer(state->executor, until);
    const auto joiner = state->joiners.insert(state->joiners.end(), &timer);
    const auto leave = std::shared_ptr<void>(nullptr, [&](void*) { state->joiners.erase(joiner); });
    while (!state->tasks.empty() && std::chrono::steady_clock::now() < until) {
        boost::system::error_code code;
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, code));
    }
    co_return state->tasks.empty();
}

asio::awaitable<void> TaskGroup::join()
{
    const auto state = state_;
    co_await join_until(never());
    if (state->failure) std::rethrow_exception(std::exchange(state->failure, nullptr));
}

std::size_t TaskGroup::size() const noexcept { return state_->tasks.size(); }

} // namespace ysnp
