#pragma once
#include "net/deadline.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>

namespace ysnp {

/// Sleeps until `until`. Cancelling throws (Failure::cancelled).
boost::asio::awaitable<void> sleep_until(Deadline until);

/// A flag that tasks of one thread wait for. set() wakes every waiter; it stays set until reset().
class Event {
public:
    explicit Event(boost::asio::any_io_executor executor);
    ~Event();
    void set();
    void reset();
    bool is_set() const noexcept;
    /// Waits until set or until the deadline; says whether it is set. Cancelling throws (Failure::cancelled).
    boost::asio::awaitable<bool> wait(Deadline until);

private:
    struct State;
    std::shared_ptr<State> state_; // shared with its waiters: their frames may be destroyed after the event
};

} // namespace ysnp
