#include "net/failure.h"
#include "net/on_pool.h"
#include "net/secret.h"
#include "net/task_group.h"
#include "net/wait.h"
#include "test/double/run.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <future>
#include <stdexcept>
#include <thread>

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

std::error_code std_code(const boost::system::error_code& code) { return code; }

asio::awaitable<void> sleep_for_ever(bool& cancelled)
{
    try {
        co_await sleep_until(never());
    } catch (const std::system_error& e) {
        cancelled = e.code() == Failure::cancelled;
        throw;
    }
}

asio::awaitable<void> throw_later(std::string what)
{
    co_await sleep_until(in(1ms));
    throw std::runtime_error(what);
}

} // namespace

TEST_CASE("codes fall into their classes")
{
    CHECK(std_code(asio::error::connection_refused) == Failure::transient);
    CHECK(std_code(asio::error::connection_reset) == Failure::transient);
    CHECK(std_code(asio::error::eof) == Failure::transient);
    CHECK(std_code(asio::error::host_not_found) == Failure::transient);
    CHECK(std_code(asio::error::timed_out) == Failure::timed_out);
    CHECK(std_code(asio::error::timed_out) == Failure::transient);
    CHECK(std_code(asio::error::operation_aborted) == Failure::cancelled);
    CHECK(std_code(asio::error::operation_aborted) != Failure::transient);
    CHECK(make_error_code(Error::deadline_passed) == Failure::timed_out);
    CHECK(make_error_code(Error::body_too_large) == Failure::too_large);
    CHECK(make_error_code(Error::wrong_media_type) == Failure::protocol);
    CHECK(make_error_code(Error::redirect_refused) == Failure::untrusted);
    CHECK(make_error_code(Error::bad_url) == Failure::invalid);
    CHECK(make_error_code(Error::bad_url) != Failure::protocol);
    CHECK(std::error_code() != Failure::transient);
}

TEST_CASE("HTTP statuses fall into their classes")
{
    CHECK(http_status_code(401) == Failure::denied);
    CHECK(http_status_code(403) == Failure::denied);
    CHECK(http_status_code(404) == Failure::missing);
    CHECK(http_status_code(410) == Failure::missing);
    CHECK(http_status_code(409) == Failure::conflict);
    CHECK(http_status_code(413) == Failure::too_large);
    CHECK(http_status_code(429) == Failure::transient);
    CHECK(http_status_code(503) == Failure::transient);
    CHECK(http_status_code(418) == Failure::protocol);
    CHECK(http_status_code(404) != Failure::protocol);
    CHECK(http_status_code(404).message() == "HTTP status 404");
}

TEST_CASE("a secret moves, copies only on request, and wipes what it was taken from")
{
    std::string source = "planted-secret";
    const char* bytes = source.data();
    Secret secret = take_secret(source);
    CHECK(source.empty());
    CHECK(std::string_view(bytes, 7) != "planted");
    CHECK(secret.reveal() == "planted-secret");
    const Secret copy = secret.copy();
    const Secret moved = std::move(secret);
    CHECK(secret.empty()); // NOLINT: a moved-from secret is empty by contract
    CHECK(moved.reveal() == copy.reveal());
    CHECK(Secret().empty());
    static_assert(!std::is_copy_constructible_v<Secret>);
}

TEST_CASE("an event wakes all its waiters, at once when it is set, and not after its deadline")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        Event event(executor);
        const bool early = co_await event.wait(in(5ms));
        CHECK_FALSE(early);
        int woken = 0;
        TaskGroup group(executor);
        auto waiter = [](Event& on, int& count) -> asio::awaitable<void> {
            const bool set = co_await on.wait(in(10s));
            if (set) ++count;
        };
        group.spawn(waiter(event, woken));
        group.spawn(waiter(event, woken));
        co_await sleep_until(in(1ms));
        event.set();
        event.reset(); // a pulse still wakes who waited
        co_await group.join();
        CHECK(woken == 2);
        CHECK_FALSE(event.is_set());
        event.set();
        const bool now = co_await event.wait(in(-1s));
        CHECK(now);
    }());
}

TEST_CASE("cancelling a group ends sleeps and waits, and is no failure of the group")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        bool slept = false;
        Event event(executor);
        TaskGroup group(executor);
        group.spawn(sleep_for_ever(slept));
        auto waiter = [](Event& on) -> asio::awaitable<void> { co_await on.wait(never()); };
        group.spawn(waiter(event));
        const bool left = co_await group.join_until(in(5ms));
        CHECK_FALSE(left);
        CHECK(group.size() == 2);
        group.cancel();
        co_await group.join();
        CHECK(slept);
        CHECK(group.size() == 0);
    }());
}

TEST_CASE("join rethrows the first failure, once, after all tasks have ended")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        TaskGroup group(executor);
        bool finished = false;
        group.spawn(throw_later("first"));
        auto slow = [](bool& done) -> asio::awaitable<void> {
            co_await sleep_until(in(20ms));
            done = true;
        };
        group.spawn(slow(finished));
        std::string what;
        try {
            co_await group.join();
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "first");
        CHECK(finished);
        co_await group.join();
    }());
}

TEST_CASE("join is deaf to its caller's cancellation")
{
    run([]() -> asio::awaitable<void> {
        const auto executor = co_await asio::this_coro::executor;
        TaskGroup outer(executor);
        bool joined = false;
        auto parent = [](asio::any_io_executor on, bool& done) -> asio::awaitable<void> {
            TaskGroup inner(on);
            auto child = []() -> asio::awaitable<void> { co_await sleep_until(in(20ms)); };
            inner.spawn(child());
            co_await asio::this_coro::throw_if_cancelled(false);
            co_await inner.join();
            done = inner.size() == 0;
        };
        outer.spawn(parent(executor, joined));
        co_await sleep_until(in(1ms));
        outer.cancel();
        co_await outer.join();
        CHECK(joined);
    }());
}

TEST_CASE("work on the pool runs elsewhere and comes back with its result or its exception")
{
    asio::io_context context(1);
    asio::thread_pool pool(1); // goes first: its thread may still be waking the context
    run(context, [](asio::thread_pool& on) -> asio::awaitable<void> {
        const auto here = std::this_thread::get_id();
        const auto there = co_await on_pool(on, [] { return std::this_thread::get_id(); });
        CHECK(there != here);
        CHECK(std::this_thread::get_id() == here);
        std::string what;
        try {
            co_await on_pool(on, [] { throw std::runtime_error("inside"); });
        } catch (const std::runtime_error& e) {
            what = e.what();
        }
        CHECK(what == "inside");
    }(pool));
}

TEST_CASE("a cancel while work still waits for the pool neither ends the program nor loses the result")
{
    asio::io_context io;
    asio::thread_pool pool(1);
    std::promise<void> release;
    asio::post(pool, [&] { release.get_future().wait(); }); // the pool's one thread is taken
    asio::cancellation_signal signal;
    int result = 0;
    asio::co_spawn(
        io,
        [](asio::thread_pool& on, int& into) -> asio::awaitable<void> {
            const int value = co_await on_pool(on, [] { return 7; });
            into = value;
        }(pool, result),
        asio::bind_cancellation_slot(signal.slot(), asio::detached));
    io.poll();
    signal.emit(asio::cancellation_type::all);
    release.set_value();
    io.restart();
    io.run_for(10s);
    CHECK(result == 7);
}
