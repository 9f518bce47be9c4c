#pragma once
#include "net/wait.h"
#include <list>
#include <memory>

namespace ysnp::docker {

/// Lets a bounded number of callers through at a time, first come, first served: more than about twice the cores of
/// concurrent create and start calls only makes each of them slower.
class StartGate {
public:
    /// `width` 0: twice the cores.
    explicit StartGate(boost::asio::any_io_executor executor, std::size_t width = 0);

    /// The right to be inside; its destructor lets the next one in. Must not outlive the gate.
    class Permit {
    public:
        explicit Permit(StartGate* gate) : gate_(gate) {}
        Permit(Permit&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
        Permit& operator=(Permit&&) = delete;
        ~Permit()
        {
            if (gate_) gate_->leave();
        }

    private:
        StartGate* gate_;
    };

    /// Throws system_error: Failure::timed_out at the deadline, Failure::cancelled; the place in the queue is given up.
    boost::asio::awaitable<Permit> enter(Deadline until);
    std::size_t waiting() const noexcept { return queue_.size(); }

private:
    struct Waiter {
        explicit Waiter(boost::asio::any_io_executor executor) : turn(std::move(executor)) {}
        Event turn;
        bool admitted = false;
    };
    void leave() noexcept;

    boost::asio::any_io_executor executor_;
    std::size_t free_;
    std::list<Waiter> queue_;
};

} // namespace ysnp::docker
