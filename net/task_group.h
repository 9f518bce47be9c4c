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
    /// Requests cancellation (total) of everything that runs now.
    void cancel();
    /// Waits until nothing is left. Not cancellable: what it waits for is, by cancel().
    boost::asio::awaitable<void> join();
    /// Waits until nothing is left or `until`; says whether nothing is left.
    boost::asio::awaitable<bool> join_until(Deadline until);
    std::size_t size() const noexcept;

private:
    struct State;
    std::shared_ptr<State> state_; // shared with the completion handlers of its tasks
};

} // namespace ysnp
