#include "runner/host/signals.h"
#include "net/failure.h"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <system_error>

namespace ysnp::host {

std::optional<Wish> Wishes::after(int signal)
{
    if (signal == SIGHUP) return stopping_ ? std::nullopt : std::optional(Wish::reload);
    if (signal == SIGQUIT) {
        if (stopping_) return std::nullopt;
        return stopping_ = Wish::drain;
    }
    if (stopping_ == Wish::cancel || stopping_ == Wish::leave) return stopping_ = Wish::leave;
    return stopping_ = Wish::cancel;
}

struct Signals::State {
    explicit State(boost::asio::any_io_executor executor) : signals(executor, SIGHUP, SIGQUIT, SIGTERM)
    {
        signals.add(SIGINT);
    }
    boost::asio::signal_set signals;
    Wishes wishes;
};

Signals::Signals(boost::asio::any_io_executor executor) : state_(std::make_unique<State>(executor)) {}

Signals::~Signals() = default;

boost::asio::awaitable<Wish> Signals::next()
{
    for (;;) {
        boost::system::error_code error;
        const int signal =
            co_await state_->signals.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, error));
        if (error) throw std::system_error(make_error_code(Error::operation_cancelled), "waiting for a signal");
        if (const auto wish = state_->wishes.after(signal)) co_return *wish;
    }
}

} // namespace ysnp::host
