#include "test/unit/net/tls_fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

TEST_CASE("a replaced CA file counts from the next call on, also for kept connections [NET-04] [AC-G02]")
{
    const TempDir directory;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        HttpServer server(executor, always(reply(200)), secured(authority(), for_loopback()));
        net::ClientOptions options;
        options.origin = server.origin();
        options.tls.ca_file = file(directory, "ca.pem", Authority("Another CA").certificate());
        net::Client client(executor, options);
        const auto outcome = [](net::Client& by) -> asio::awaitable<std::error_code> {
            try {
                co_await by.send(get("/"), in(10s));
            } catch (const std::system_error& e) {
                co_return e.code();
            }
            co_return std::error_code();
        };
        const auto touch = [&](const std::string& text, std::chrono::seconds age) {
            file(directory, "ca.pem", text);
            std::filesystem::last_write_time(directory / "ca.pem", std::filesystem::file_time_type::clock::now() - age);
        };
        const auto wrong = co_await outcome(client);
        CHECK(wrong == Failure::untrusted);
        touch(authority().certificate(), 10s);
        const auto right = co_await outcome(client);
        CHECK_FALSE(right);
        const auto again = co_await outcome(client);
        CHECK_FALSE(again);
        CHECK(server.requests().size() == 2);
        CHECK(server.connections() == 2); // one refused, one kept
        touch(Authority("A third CA").certificate(), 5s);
        const auto swapped = co_await outcome(client);
        CHECK(swapped == Failure::untrusted);
    });
}

TEST_CASE("the chain of the connection can be handed on, leaf first")
{
    const TempDir directory;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        const ServerOptions secure = secured(authority(), for_loopback());
        HttpServer server(executor, always(reply(200)), secure);
        net::ClientOptions options;
        options.origin = server.origin();
        options.tls.ca_file = file(directory, "ca.pem", authority().certificate());
        net::Client client(executor, options);
        co_await client.send(get("/"), in(10s));
        CHECK(client.peer_chain() == secure.tls->certificate + authority().certificate());
    });
}

TEST_CASE("big bodies travel over TLS both ways, streamed and upgraded")
{
    const TempDir directory;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        const std::string big(3u << 20, 'b');
        const Handler echo = [&](Peer& peer, const Recorded& request) -> asio::awaitable<void> {
            if (request.header("Upgrade").empty()) {
                co_await peer.send(reply(200, request.body));
                co_return;
            }
            co_await peer.send("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhi");
            char bytes[16];
            const std::size_t size = co_await peer.read_some(bytes);
            co_await peer.send(std::string_view(bytes, size));
            peer.close();
        };
        HttpServer server(executor, echo, secured(authority(), for_loopback()));
        net::ClientOptions options;
        options.origin = server.origin();
        options.tls.ca_file = file(directory, "ca.pem", authority().certificate());
        net::Client client(executor, options);
        net::Request request = get("/");
        request.method = "POST";
        request.body = big;
        const net::Response response = co_await client.send(std::move(request), in(10s));
        CHECK(response.body == big);
        auto up = co_await client.upgrade(get("/attach"), in(10s));
        REQUIRE(up.stream);
        co_await up.stream->write("yo", in(10s));
        std::string got;
        char bytes[16];
        while (got.size() < 4) {
            const std::size_t size = co_await up.stream->read_some(bytes, in(10s));
            got.append(bytes, size);
        }
        CHECK(got == "hiyo");
    });
}

TEST_CASE("a TLS handshake that never ends is cut by the deadline")
{
    const auto code = code_of([] {
        on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
            ServerOptions raw;
            raw.greet = true;
            const Handler silent = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
                co_await peer.closed(in(10s));
            };
            HttpServer server(executor, silent, raw);
            net::ClientOptions options;
            options.origin = server.origin();
            options.origin.scheme = "https";
            net::Client client(executor, options);
            co_await client.send(get("/"), in(50ms));
        });
    });
    CHECK(code == Failure::timed_out);
}
