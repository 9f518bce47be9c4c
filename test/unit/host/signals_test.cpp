#include "net/failure.h"
#include "runner/host/signals.h"
#include "test/double/run.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <vector>

using namespace ysnp;
using namespace ysnp::host;

namespace {

std::vector<std::optional<Wish>> after(std::vector<int> signals)
{
    Wishes wishes;
    std::vector<std::optional<Wish>> result;
    for (const int signal : signals) result.push_back(wishes.after(signal));
    return result;
}

using List = std::vector<std::optional<Wish>>;

} // namespace

TEST_CASE("SIGQUIT drains, SIGTERM cancels, another one leaves at once, SIGHUP reloads [AC-L08]")
{
    CHECK(after({SIGHUP, SIGHUP}) == List{Wish::reload, Wish::reload});
    CHECK(after({SIGQUIT, SIGQUIT}) == List{Wish::drain, std::nullopt});
    CHECK(after({SIGQUIT, SIGTERM, SIGTERM}) == List{Wish::drain, Wish::cancel, Wish::leave});
    CHECK(after({SIGINT, SIGINT}) == List{Wish::cancel, Wish::leave});
    CHECK(after({SIGTERM, SIGQUIT, SIGHUP}) == List{Wish::cancel, std::nullopt, std::nullopt});
}

TEST_CASE("a signal that nobody waits for is kept for the next wait")
{
    boost::asio::io_context io(1);
    Signals signals(io.get_executor());
    std::raise(SIGHUP);
    CHECK(test::run(io, signals.next()) == Wish::reload);
    std::raise(SIGQUIT);
    std::raise(SIGTERM);
    CHECK(test::run(io, signals.next()) == Wish::drain);
    CHECK(test::run(io, signals.next()) == Wish::cancel);
}

TEST_CASE("waiting for a signal can be cancelled")
{
    boost::asio::io_context io(1);
    Signals signals(io.get_executor());
    boost::asio::cancellation_signal cancel;
    std::exception_ptr failure;
    boost::asio::co_spawn(
        io, signals.next(),
        boost::asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error, Wish) { failure = error; }));
    io.poll();
    cancel.emit(boost::asio::cancellation_type::terminal);
    io.run_for(std::chrono::seconds(10));
    REQUIRE(failure);
    try {
        std::rethrow_exception(failure);
    } catch (const std::system_error& error) {
        CHECK(error.code() == Failure::cancelled);
    }
}
