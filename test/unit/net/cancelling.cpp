// Every wait of the client, cancelled in the middle.
#include "net/task_group.h"
#include "test/unit/net/client_fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

/// Runs `work` in a group, cancels it as soon as `ready` is set, and gives what it threw.
asio::awaitable<std::error_code> cancelled(Event& ready, std::function<asio::awaitable<void>()> work)
{
    const auto executor = co_await asio::this_coro::executor;
    std::error_code code;
    TaskGroup group(executor);
    auto task = [](std::function<asio::awaitable<void>()> run_it, std::error_code& into) -> asio::awaitable<void> {
        try {
            co_await run_it();
        } catch (const std::system_error& e) {
            into = e.code();
        }
    };
    group.spawn(task(work, code));
    const bool reached = co_await ready.wait(in(10s));
    CHECK(reached);
    group.cancel();
    const bool ended = co_await group.join_until(in(10s));
    CHECK(ended);
    co_return code;
}

/// Sets `event` when a connection comes, then says nothing.
Handler silence(Event& event)
{
    return [&event](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        event.set();
        co_await peer.closed(in(10s));
    };
}

net::Client client_of(asio::any_io_executor executor, net::Origin origin)
{
    net::ClientOptions options;
    options.origin = std::move(origin);
    return {executor, std::move(options)};
}

} // namespace

TEST_CASE("a TLS handshake can be cancelled")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event connected(executor);
        ServerOptions raw;
        raw.greet = true;
        HttpServer server(executor, silence(connected), raw);
        net::Origin origin = server.origin();
        origin.scheme = "https";
        net::Client client = client_of(executor, origin);
        const auto code =
            co_await cancelled(connected, [&]() -> asio::awaitable<void> { co_await client.send(get("/"), in(10s)); });
        CHECK(code == Failure::cancelled);
    });
}

TEST_CASE("waiting for a proxy's tunnel can be cancelled")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event asked(executor);
        HttpServer proxy(executor, silence(asked));
        net::ClientOptions options;
        options.origin = {"https", "gitlab.example.test", 443};
        options.proxy.https = proxy.url();
        net::Client client(executor, options);
        const auto code =
            co_await cancelled(asked, [&]() -> asio::awaitable<void> { co_await client.send(get("/"), in(10s)); });
        CHECK(code == Failure::cancelled);
        CHECK(proxy.requests().front().method == "CONNECT");
    });
}

TEST_CASE("a body that the peer does not take can be cancelled")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event asked(executor);
        ServerOptions streamed;
        streamed.stream_body = [](const Recorded&) { return true; };
        const Handler deaf = [&](Peer&, const Recorded&) -> asio::awaitable<void> {
            asked.set();
            co_await sleep_until(in(10s));
        };
        HttpServer server(executor, deaf, streamed);
        net::Client client = client_of(executor, server.origin());
        const auto code = co_await cancelled(asked, [&]() -> asio::awaitable<void> {
            net::Request request = get("/upload");
            request.method = "PUT";
            request.body = std::string(64u << 20, 'x');
            co_await client.send(std::move(request), in(10s));
        });
        CHECK(code == Failure::cancelled);
    });
}

TEST_CASE("reading and writing an upgraded connection can be cancelled, each on its own")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event asked(executor);
        const Handler mute = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            asked.set();
            co_await sleep_until(in(10s));
        };
        HttpServer server(executor, mute);
        net::Client client = client_of(executor, server.origin());
        auto up = co_await client.upgrade(get("/attach"), in(10s));
        REQUIRE(up.stream);
        const auto read = co_await cancelled(asked, [&]() -> asio::awaitable<void> {
            char bytes[8];
            co_await up.stream->read_some(bytes, in(10s));
        });
        CHECK(read == Failure::cancelled);
        auto other = co_await client.upgrade(get("/attach"), in(10s));
        const std::string big(64u << 20, 'x');
        const auto write =
            co_await cancelled(asked, [&]() -> asio::awaitable<void> { co_await other.stream->write(big, in(10s)); });
        CHECK(write == Failure::cancelled);
    });
}

TEST_CASE("an upgraded connection reads and writes at the same time")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const Handler echo = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
            char bytes[4096];
            for (std::size_t size = 1; size > 0;) {
                size = co_await peer.read_some(bytes);
                if (size > 0) co_await peer.send({bytes, size});
            }
            peer.close();
        };
        HttpServer server(executor, echo);
        net::Client client = client_of(executor, server.origin());
        auto up = co_await client.upgrade(get("/attach"), in(10s));
        const std::string sent(8u << 20, 'y');
        auto writer = [](net::RawStream& stream, const std::string& bytes) -> asio::awaitable<void> {
            co_await stream.write(bytes, in(30s));
            stream.close_write();
        };
        TaskGroup group(executor);
        group.spawn(writer(*up.stream, sent));
        std::size_t received = 0;
        std::string buffer(1u << 16, '\0');
        for (std::size_t size = 1; size > 0; received += size)
            size = co_await up.stream->read_some({buffer.data(), buffer.size()}, in(30s));
        co_await group.join();
        CHECK(received == sent.size());
    });
}
