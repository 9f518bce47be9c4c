#include "net/task_group.h"
#include "test/unit/net/client_fixture.h"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

using namespace ysnp;
using namespace ysnp::test;

namespace {

/// Sends one GET to a server that does `handler` and gives the code of what went wrong.
std::error_code failure_with(Handler handler, std::chrono::milliseconds patience = std::chrono::seconds(10))
{
    return code_of([&] {
        on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
            Pair pair(executor, handler);
            co_await pair.client.send(get("/x"), in(patience));
        });
    });
}

} // namespace

TEST_CASE("a reply that announces more than the bound is refused before its body is read")
{
    CHECK(failure_with(always("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n")) == Failure::too_large);
}

TEST_CASE("two gibibytes in chunks are cut at the bound, and little more than that is read")
{
    std::uint64_t sent = 0;
    const Handler endless = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        const std::string block = chunk(std::string(1u << 20, 'x'));
        for (; sent < (2ull << 30); sent += 1u << 20) co_await peer.send(block);
    };
    CHECK(failure_with(endless) == Failure::too_large);
    CHECK(sent < (64u << 20));
}

TEST_CASE("a header beyond the bound is refused, in one piece or in many [AC-G06]")
{
    CHECK(failure_with(always("HTTP/1.1 200 OK\r\nX-Long: " + std::string(1u << 20, 'x') + "\r\n\r\n")) ==
          Failure::too_large);
    std::string many = "HTTP/1.1 200 OK\r\n";
    for (int at = 0; at < 100'000; ++at) many += "X-" + std::to_string(at) + ": y\r\n";
    CHECK(failure_with(always(many + "\r\n")) == Failure::too_large);
}

TEST_CASE("what is not HTTP is a broken protocol [AC-G06] [AC-G22]")
{
    for (const char* bytes :
         {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 020 OK\r\nContent-Length: 1\r\n\r\nx",
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 200 OK\r\nBad Name: x\r\n\r\n",
          "HTTP/1.1 101 Switching\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"}) {
        INFO(bytes);
        CHECK(failure_with(always(bytes)) == Failure::protocol);
    }
}

TEST_CASE("a body that is cut off is worth another try, never a shorter body [AC-G21]")
{
    for (const char* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nConten",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", ""}) {
        const Handler cut = [bytes](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send(bytes);
            peer.close();
        };
        CHECK(failure_with(cut) == Failure::transient);
    }
}

TEST_CASE("a reset is worth another try")
{
    const Handler reset = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        peer.reset();
        co_return;
    };
    CHECK(failure_with(reset) == Failure::transient);
}

TEST_CASE("one deadline covers the whole operation: silence, and a body that trickles [NET-18]")
{
    const Handler silent = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        co_await peer.closed(in(std::chrono::seconds(10)));
    };
    CHECK(failure_with(silent, std::chrono::milliseconds(50)) == Failure::timed_out);
    const Handler trickle = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        co_await peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
        for (;;) {
            co_await peer.send("x");
            co_await sleep_until(in(std::chrono::milliseconds(2)));
        }
    };
    CHECK(failure_with(trickle, std::chrono::milliseconds(100)) == Failure::timed_out);
    CHECK(failure_with(trickle, std::chrono::milliseconds(100)) == Failure::transient);
}

TEST_CASE("a deadline that has passed sends nothing")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(200)));
        std::error_code code;
        try {
            co_await pair.client.send(get("/"), in(std::chrono::seconds(-1)));
        } catch (const std::system_error& e) {
            code = e.code();
        }
        CHECK(code == Failure::timed_out);
        CHECK(pair.server.connections() == 0);
    });
}

TEST_CASE("nobody listening is worth another try, and the message names method, host and path but no query")
{
    const std::string message = message_of([] {
        on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
            net::ClientOptions options;
            options.origin = {"http", "127.0.0.1", 1};
            net::Client client(executor, options);
            co_await client.send(get("/api/v4/x?secret=1"), in(std::chrono::seconds(10)));
        });
    });
    INFO(message);
    CHECK(message.starts_with("GET 127.0.0.1:1/api/v4/x: "));
    CHECK(message.find("secret") == std::string::npos);
    const TempDir directory;
    CHECK(code_of([&] {
              on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                  net::ClientOptions options;
                  options.origin = {"unix", (directory / "none").string(), 0};
                  net::Client client(executor, options);
                  co_await client.send(get("/_ping"), in(std::chrono::seconds(10)));
              });
          }) == Failure::missing);
}

TEST_CASE("cancelling a call closes its connection and throws cancelled")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event arrived(executor), gone(executor);
        const Handler hang = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            arrived.set();
            const bool closed = co_await peer.closed(in(std::chrono::seconds(10)));
            if (closed) gone.set();
        };
        Pair pair(executor, hang);
        std::error_code code;
        TaskGroup group(executor);
        auto call = [](net::Client& client, std::error_code& into) -> asio::awaitable<void> {
            try {
                co_await client.send(get("/long-poll"), in(std::chrono::seconds(10)));
            } catch (const std::system_error& e) {
                into = e.code();
            }
        };
        group.spawn(call(pair.client, code));
        co_await arrived.wait(in(std::chrono::seconds(10)));
        group.cancel();
        co_await group.join();
        CHECK(code == Failure::cancelled);
        const bool closed = co_await gone.wait(in(std::chrono::seconds(10)));
        CHECK(closed);
    });
}

TEST_CASE("cancelling while waiting for the next attempt ends the wait")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event answered(executor);
        const Handler busy = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send(reply(429, "", {{"Retry-After", "60"}}));
            answered.set();
        };
        Pair pair(executor, busy);
        net::ClientOptions options;
        options.origin = pair.server.origin();
        net::Client patient(executor, options);
        std::error_code code;
        TaskGroup group(executor);
        auto call = [](net::Client& client, std::error_code& into) -> asio::awaitable<void> {
            try {
                co_await client.send(get("/"), in(std::chrono::hours(1)));
            } catch (const std::system_error& e) {
                into = e.code();
            }
        };
        group.spawn(call(patient, code));
        co_await answered.wait(in(std::chrono::seconds(10)));
        co_await sleep_until(in(std::chrono::milliseconds(20)));
        group.cancel();
        co_await group.join();
        CHECK(code == Failure::cancelled);
    });
}

TEST_CASE("a request that would break the framing is refused before anything is sent")
{
    const auto code_for = [](std::function<void(net::Request&)> spoil) {
        return code_of([&] {
            on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
                Pair pair(executor, always(reply(200)));
                net::Request request = get("/");
                spoil(request);
                co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
            });
        });
    };
    CHECK(code_for([](auto& r) { r.target = "/a b"; }) == Failure::invalid);
    CHECK(code_for([](auto& r) { r.target = "/a\r\nX: y"; }) == Failure::invalid);
    CHECK(code_for([](auto& r) { r.target = "http://elsewhere/"; }) == Failure::invalid);
    CHECK(code_for([](auto& r) { r.method = "GET /x HTTP/1.1\r\n"; }) == Failure::invalid);
    CHECK(code_for([](auto& r) { r.headers = {{"X-A", "b\r\nX-C: d"}}; }) == Failure::invalid);
    CHECK(code_for([](auto& r) { r.headers = {{"X A", "b"}}; }) == Failure::invalid);
    CHECK(code_for([](auto& r) { r.headers = {{"Content-Length", "5"}}; }) == Failure::invalid);
    const Secret poisoned("tok\nen");
    CHECK(code_for([&](auto& r) { r.credentials.emplace_back("JOB-TOKEN", &poisoned); }) == Failure::invalid);
}

TEST_CASE("a server that answers before the body is over is heard")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const Handler early = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send(reply(413, "too large", {{"Connection", "close"}}));
            peer.close_write();
            co_await sleep_until(in(std::chrono::milliseconds(20)));
            peer.close();
        };
        ServerOptions options;
        options.stream_body = [](const Recorded&) { return true; };
        Pair pair(executor, early, options);
        net::Request request = get("/upload");
        request.method = "POST";
        request.body = std::string(64u << 20, 'x');
        const net::Response response = co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
        CHECK(response.status == 413);
    });
}
