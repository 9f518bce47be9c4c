#include "test/unit/net/client_fixture.h"

using namespace ysnp;
using namespace ysnp::test;

TEST_CASE("a request and its reply travel over TCP, and the connection is kept")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(json_reply(201, R"({"id":1})", {{"X-Test", "yes"}})));
        for (int round = 0; round < 3; ++round) {
            net::Request request;
            request.method = "POST";
            request.target = "/api/v4/jobs/request?x=1";
            request.headers = {{"Content-Type", "application/json"}};
            request.body = R"({"token":"t"})";
            const net::Response response = co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
            CHECK(response.status == 201);
            CHECK(response.body == R"({"id":1})");
            CHECK(response.header("x-test") == "yes");
        }
        CHECK(pair.server.connections() == 1);
        REQUIRE(pair.server.requests().size() == 3);
        const Recorded& got = pair.server.requests().front();
        CHECK(got.method == "POST");
        CHECK(got.target == "/api/v4/jobs/request?x=1");
        CHECK(got.body == R"({"token":"t"})");
        CHECK(got.header("Content-Length") == "13");
        CHECK(got.header("User-Agent") == "ysnprunner");
        CHECK(got.header("Host") == pair.server.origin().host_header());
        CHECK_FALSE(pair.client.was_retried());
        CHECK(pair.client.peer_chain().empty());
    });
}

TEST_CASE("a body may be a secret, short or long")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(200, "OK")));
        for (const std::size_t size : {std::size_t{9}, std::size_t{100'000}}) {
            const Secret body(std::string(size, 's'));
            net::Request request;
            request.method = "POST";
            request.target = "/login";
            request.secret_body = &body;
            co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
            CHECK(pair.server.requests().back().body == body.reveal());
        }
    });
}

TEST_CASE("the same client speaks over a unix socket")
{
    const TempDir directory;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        ServerOptions options;
        options.unix_path = (directory / "engine.sock").string();
        Pair pair(executor, always(reply(200, "OK")), options);
        const net::Response response = co_await pair.client.send(get("/_ping"), in(std::chrono::seconds(10)));
        CHECK(response.body == "OK");
        CHECK(pair.server.requests().front().header("Host") == "localhost");
    });
}

TEST_CASE("a chunked body reaches the sink as it arrives, while the server still holds the rest back")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event first_seen(executor);
        const Handler handler = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
            co_await peer.send(chunk("first"));
            const bool seen = co_await first_seen.wait(in(std::chrono::seconds(10)));
            CHECK(seen);
            co_await peer.send(chunk("second") + chunk(""));
        };
        Pair pair(executor, handler);
        struct Signals : Collected {
            Event* event = nullptr;
            asio::awaitable<void> write(std::string_view bytes) override
            {
                pieces.emplace_back(bytes);
                event->set();
                co_return;
            }
        } sink;
        sink.event = &first_seen;
        const net::Response response = co_await pair.client.send(get("/wait"), sink, in(std::chrono::seconds(10)));
        CHECK(response.status == 200);
        CHECK(sink.status == 200);
        CHECK(sink.pieces == std::vector<std::string>{"first", "second"});
    });
}

TEST_CASE("a refusal is collected and never reaches the sink")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(404, "no such image")));
        Collected sink;
        const net::Response response = co_await pair.client.send(get("/x"), sink, in(std::chrono::seconds(10)));
        CHECK(response.status == 404);
        CHECK(response.body == "no such image");
        CHECK(sink.status == 0);
        CHECK(sink.pieces.empty());
    });
}

TEST_CASE("a source of unknown size goes out in chunks, one of known size with its length")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(200)));
        for (const bool known : {false, true}) {
            net::Request request;
            request.method = "PUT";
            request.target = "/archive";
            request.stream = [known] {
                auto source = std::make_unique<Pieces>();
                source->pieces = {std::string(100'000, 'a'), "b", std::string(70'000, 'c')};
                if (known) source->total = 170'001;
                return source;
            };
            co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
        }
        REQUIRE(pair.server.requests().size() == 2);
        const std::string expected = std::string(100'000, 'a') + "b" + std::string(70'000, 'c');
        CHECK(pair.server.requests()[0].header("Transfer-Encoding") == "chunked");
        CHECK(pair.server.requests()[1].header("Content-Length") == "170001");
        for (const auto& request : pair.server.requests()) CHECK(request.body == expected);
        CHECK(pair.server.connections() == 1);
    });
}

TEST_CASE("a source that gives more or less than it said fails the request")
{
    for (const std::uint64_t said : {3u, 5u}) {
        const auto code = code_of([said] {
            on_loop([said](asio::any_io_executor executor) -> asio::awaitable<void> {
                Pair pair(executor, always(reply(200)));
                net::Request request = get("/");
                request.method = "PUT";
                request.stream = [said] {
                    auto source = std::make_unique<Pieces>();
                    source->pieces = {"four"};
                    source->total = said;
                    return source;
                };
                co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
            });
        });
        CHECK(code == Failure::invalid);
    }
}

TEST_CASE("an upgraded connection keeps the bytes that came with the head and carries bytes both ways")
{
    for (const char* status : {"101 UPGRADED", "200 OK"}) {
        on_loop([status](asio::any_io_executor executor) -> asio::awaitable<void> {
            const std::string head = std::string("HTTP/1.1 ") + status +
                                     "\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: "
                                     "Upgrade\r\nUpgrade: tcp\r\n\r\n";
            const Handler handler = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
                co_await peer.send(head + "early");
                std::string got;
                char bytes[64];
                for (std::size_t size = 1; size > 0; got.append(bytes, size)) size = co_await peer.read_some(bytes);
                co_await peer.send("got:" + got);
                peer.close();
            };
            Pair pair(executor, handler);
            net::Request request = get("/containers/x/attach");
            request.method = "POST";
            auto up = co_await pair.client.upgrade(std::move(request), in(std::chrono::seconds(10)));
            REQUIRE(up.stream);
            CHECK(pair.server.requests().front().header("Connection") == "Upgrade");
            CHECK(pair.server.requests().front().header("Upgrade") == "tcp");
            std::string read;
            char bytes[3];
            while (read.size() < 5) {
                const std::size_t size = co_await up.stream->read_some(bytes, in(std::chrono::seconds(10)));
                read.append(bytes, size);
            }
            CHECK(read == "early");
            co_await up.stream->write("hello", in(std::chrono::seconds(10)));
            up.stream->close_write();
            read.clear();
            for (std::size_t size = 1; size > 0; read.append(bytes, size))
                size = co_await up.stream->read_some(bytes, in(std::chrono::seconds(10)));
            CHECK(read == "got:hello");
        });
    }
}

TEST_CASE("an upgrade that is refused gives the reply with its body and no stream")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(json_reply(409, R"({"message":"not running"})")));
        const auto up = co_await pair.client.upgrade(get("/attach"), in(std::chrono::seconds(10)));
        CHECK_FALSE(up.stream);
        CHECK(up.response.status == 409);
        CHECK(up.response.body == R"({"message":"not running"})");
    });
}

TEST_CASE("reading from an upgraded connection ends at its deadline")
{
    const auto code = code_of([] {
        on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
            const Handler silent = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
                co_await peer.send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
                co_await peer.closed(in(std::chrono::seconds(10)));
            };
            Pair pair(executor, silent);
            auto up = co_await pair.client.upgrade(get("/attach"), in(std::chrono::seconds(10)));
            char bytes[8];
            co_await up.stream->read_some(bytes, in(std::chrono::milliseconds(50)));
        });
    });
    CHECK(code == Failure::timed_out);
}

TEST_CASE("interim replies are passed over")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" +
                                   reply(200, "final")));
        const net::Response response = co_await pair.client.send(get("/"), in(std::chrono::seconds(10)));
        CHECK(response.body == "final");
        CHECK(response.header("Link").empty());
    });
}

TEST_CASE("a body that ends with the connection is whole")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const Handler handler = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send("HTTP/1.1 200 OK\r\n\r\nuntil the end");
            peer.close_write();
        };
        Pair pair(executor, handler);
        const net::Response response = co_await pair.client.send(get("/"), in(std::chrono::seconds(10)));
        CHECK(response.body == "until the end");
    });
}

TEST_CASE("HEAD has no body whatever its header says")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"));
        for (int round = 0; round < 2; ++round) {
            net::Request request = get("/");
            request.method = "HEAD";
            const net::Response response = co_await pair.client.send(std::move(request), in(std::chrono::seconds(10)));
            CHECK(response.body.empty());
            CHECK(response.header("Content-Length") == "500");
        }
        CHECK(pair.server.connections() == 1);
    });
}

TEST_CASE("trailers are read and dropped: what comes after the body adds nothing to the header")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("body") +
                                   "0\r\nJob-Status: canceled\r\n\r\n"));
        for (int round = 0; round < 2; ++round) {
            const net::Response response = co_await pair.client.send(get("/"), in(std::chrono::seconds(10)));
            CHECK(response.body == "body");
            CHECK(response.header("Job-Status").empty());
        }
        CHECK(pair.server.connections() == 1);
    });
}
