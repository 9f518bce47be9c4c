#pragma once
#include "net/deadline.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

namespace ysnp::host {

/// What the operator wants of the running service.
enum class Wish {
    reload, ///< SIGHUP: read the configuration again
    drain,  ///< SIGQUIT: no new jobs, finish those that run, exit
    cancel, ///< SIGTERM, SIGINT: cancel the jobs, report them, exit
    leave,  ///< another SIGTERM or SIGINT while cancelling: exit at once
};

/// Turns a sequence of signals into wishes. Pure, so that every order can be tested.
class Wishes {
public:
    /// Nothing where the signal changes nothing: a reload while stopping, another SIGQUIT while draining.
    std::optional<Wish> after(int signal);

private:
    std::optional<Wish> stopping_;
};

/// The signals of the process as an awaitable. One instance; the signals are caught from its construction on, so that
/// none is lost between two waits.
class Signals {
public:
    explicit Signals(boost::asio::any_io_executor executor);
    ~Signals();
    /// The next wish. Cancelling throws (Failure::cancelled) and loses no signal.
    boost::asio::awaitable<Wish> next();

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace ysnp::host
