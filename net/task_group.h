#pragma once
#include "net/deadline.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace ysnp {

/// An open set of tasks: spawn some, cancel them, join them. What is spawned takes values. The group must outlive its
/// tasks: join before it goes (the destructor terminates the program if tasks are left, as a silent leak is worse).
class TaskGroup {
public:
    explicit TaskGroup(boost::asio::any_io_executor executor);
    ~TaskGroup();
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;

    /// Starts `task`. An exception that leaves it is kept: join() rethrows the first one.
    void spawn(boost::asio::awaitable<void> task);
    /// Requests cancellation (every type of Asio's) of everything that runs now. Tasks that end by it are no failures.
    void cancel();
    /// Waits until nothing is left, and rethrows the first exception that left a task. Not cancellable: what it waits
    /// for is, by cancel(). A coroutine that was cancelled itself says `co_await this_coro::throw_if_cancelled(false)`
    /// first, or Asio throws at the `co_await` before join() has begun.
    boost::asio::awaitable<void> join();
    /// Waits until nothing is left or `until`; says whether nothing is left.
    boost::asio::awaitable<bool> join_until(Deadline until);
    /// The same for somebody who waits for other things too: cancelling it ends the wait, not the tasks.
    boost::asio::awaitable<bool> idle_until(Deadline until);
    std::size_t size() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_; // shared with the completion handlers of its tasks
};

} // namespace ysnp
