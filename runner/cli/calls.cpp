#include "runner/cli/calls.h"
#include "runner/cli/build.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace ysnp::cli {

struct Calls::State {
    boost::asio::io_context io{1};
    boost::asio::signal_set signals{io, SIGINT, SIGTERM};
    boost::asio::cancellation_signal cancel;
    bool heard = false;   // a signal came while no call ran
    bool running = false; // a call runs
    bool ignoring = false;

    void listen()
    {
        signals.async_wait([this](const boost::system::error_code& error, int) {
            if (error) return;
            if (running && !ignoring) cancel.emit(boost::asio::cancellation_type::terminal);
            heard = !ignoring;
            listen();
        });
    }
};

Calls::Calls() : state_(std::make_unique<State>()) { state_->listen(); }

Calls::~Calls() = default;

boost::asio::any_io_executor Calls::executor() { return state_->io.get_executor(); }

void Calls::ignore_signals()
{
    state_->ignoring = true;
    state_->heard = false;
}

void Calls::run(boost::asio::awaitable<void> call)
{
    State& state = *state_;
    state.io.restart();
    state.io.poll(); // a signal that came meanwhile
    if (state.heard) throw std::system_error(std::make_error_code(std::errc::operation_canceled), "interrupted");
    std::exception_ptr failure;
    const auto finish = [&](std::exception_ptr error) {
        failure = error;
        state.running = false;
        state.io.stop();
    };
    state.running = true;
    boost::asio::co_spawn(state.io, std::move(call), boost::asio::bind_cancellation_slot(state.cancel.slot(), finish));
    state.io.restart();
    state.io.run();
    if (failure) std::rethrow_exception(failure);
}

gitlab::Client client_for(Calls& calls, const std::string& url, const net::TlsOptions& tls,
                          const std::string& system_id)
{
    gitlab::ClientOptions options;
    options.url = url;
    options.tls = tls;
    options.proxy = net::ProxyOptions::from_environment();
    options.identity = identity();
    options.system_id = system_id;
    return gitlab::Client(calls.executor(), std::move(options));
}

std::string describe(const std::exception& error)
{
    if (const auto* api = dynamic_cast<const gitlab::ApiError*>(&error)) return api->text();
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    if (!system) return error.what();
    const std::string what = error.what(), message = system->code().message();
    // What the thrower was doing stands before the code's own message.
    return what.find(message) == std::string::npos ? what + ": " + message : what;
}

} // namespace ysnp::cli
