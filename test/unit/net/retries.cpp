#include "net/retry.h"
#include "test/unit/net/client_fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

/// Answers the n-th request with the n-th status, the last one for ever.
Handler statuses(std::vector<unsigned> list)
{
    return [list, at = std::make_shared<std::size_t>(0)](Peer& peer, const Recorded&) -> asio::awaitable<void> {
        const unsigned status = list[std::min(*at, list.size() - 1)];
        ++*at;
        co_await peer.send(reply(status, std::to_string(status)));
    };
}

net::Response with(std::vector<net::Header> headers)
{
    net::Response response;
    response.status = 429;
    response.headers = std::move(headers);
    return response;
}

const auto noon = *net::parse_http_date("Wed, 21 Oct 2015 12:00:00 GMT");

} // namespace

TEST_CASE("exactly the statuses of the contract are retried [NET-19] [NET-20]")
{
    for (const unsigned status : {408u, 429u, 500u, 502u, 503u, 504u, 512u, 515u, 599u})
        CHECK(net::worth_retrying(status));
    for (const unsigned status : {200u, 204u, 301u, 400u, 401u, 403u, 404u, 409u, 413u, 416u, 422u, 501u, 505u, 511u})
        CHECK_FALSE(net::worth_retrying(status));
}

TEST_CASE("a busy server is asked again, with the same body from its first byte")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, statuses({503, 515, 200}));
        net::Request request = get("/upload");
        request.method = "POST";
        request.stream = [] {
            auto source = std::make_unique<Pieces>();
            source->pieces = {"one", "two"};
            return source;
        };
        const net::Response response = co_await pair.client.send(std::move(request), in(10s));
        CHECK(response.status == 200);
        CHECK(pair.client.was_retried());
        REQUIRE(pair.server.requests().size() == 3);
        for (const auto& got : pair.server.requests()) CHECK(got.body == "onetwo");
    });
}

TEST_CASE("after the fifth attempt the last reply is handed over as it is")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, statuses({500}));
        const net::Response response = co_await pair.client.send(get("/"), in(10s));
        CHECK(response.status == 500);
        CHECK(response.body == "500");
        CHECK(pair.server.requests().size() == 5);
        const net::Response next = co_await pair.client.send(get("/"), in(10s));
        CHECK(next.status == 500);
    });
}

TEST_CASE("retries can be switched off, and what is not in the list is never retried")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, statuses({500, 501, 200}));
        net::ClientOptions options = Pair::options_for(pair.server);
        options.retry.attempts = 1;
        net::Client once(executor, options);
        const net::Response first = co_await once.send(get("/"), in(10s));
        CHECK(first.status == 500);
        const net::Response second = co_await pair.client.send(get("/"), in(10s));
        CHECK(second.status == 501);
        CHECK_FALSE(pair.client.was_retried());
    });
}

TEST_CASE("a wait that the deadline would cut gives the reply at once")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(429, "slow down", {{"Retry-After", "60"}})));
        net::ClientOptions options;
        options.origin = pair.server.origin();
        net::Client client(executor, options);
        const net::Response response = co_await client.send(get("/"), in(5s));
        CHECK(response.status == 429);
        CHECK(pair.server.requests().size() == 1);
    });
}

TEST_CASE("the server's wish comes first, in the order of the contract [POL-14]")
{
    CHECK(net::asked_pause(with({{"RateLimit-ResetTime", "Wed, 21 Oct 2015 12:00:30 GMT"}, {"Retry-After", "7"}}),
                           noon) == 30s);
    CHECK(net::asked_pause(with({{"RateLimit-ResetTime", "Wed, 21 Oct 2015 11:00:00 GMT"}, {"Retry-After", "7"}}),
                           noon) == 7s);
    CHECK(net::asked_pause(with({{"Retry-After", "60"}}), noon) == 60s);
}

TEST_CASE("zero, negative numbers, dates and garbage ask for nothing; huge ones are capped [AC-G07] [POL-15]")
{
    for (const char* value : {"0", "-5", "", "abc", "5s", "1.5", "Wed, 21 Oct 2015 12:00:30 GMT", " 5", "+5"})
        CHECK_FALSE(net::asked_pause(with({{"Retry-After", value}}), noon));
    for (const char* value : {"", "x", "21 Oct 2015", "Wed, 99 Oct 2015 12:00:30 GMT", "Wed, 21 Xxx 2015 12:00:30 GMT",
                              "Wed, 21 Oct 9999 12:00:30 GMT", "Wed, 21 Oct 2015 12:00:30 CET"})
        CHECK_FALSE(net::asked_pause(with({{"RateLimit-ResetTime", value}}), noon));
    const net::RetryOptions options;
    for (const char* value : {"1000000000000", "99999999999999999999999999", "301"})
        CHECK(net::retry_pause(options, 1, with({{"Retry-After", value}}), noon, 0.5) == 5min);
    CHECK(net::retry_pause(options, 1, with({{"Retry-After", "1"}}), noon, 0.5) == 1s);
}

TEST_CASE("the server's own clock counts for nothing: a forged Date moves no pause [AC-G20]")
{
    const char* reset = "Wed, 21 Oct 2015 12:00:30 GMT";
    for (const char* forged : {"Wed, 21 Oct 2015 12:00:29 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "x"})
        CHECK(net::asked_pause(with({{"Date", forged}, {"RateLimit-ResetTime", reset}}), noon) == 30s);
}

TEST_CASE("without a wish the pause doubles from 100 ms to a minute, with jitter in its upper half")
{
    const net::RetryOptions options;
    CHECK(net::retry_pause(options, 1, with({}), noon, 1) == 100ms);
    CHECK(net::retry_pause(options, 1, with({}), noon, 0) == 50ms);
    CHECK(net::retry_pause(options, 2, with({}), noon, 1) == 200ms);
    CHECK(net::retry_pause(options, 4, with({}), noon, 1) == 800ms);
    CHECK(net::retry_pause(options, 40, with({}), noon, 1) == 60s);
    CHECK(net::retry_pause(options, 40, with({}), noon, 7) == 60s);
}

TEST_CASE("a kept connection that the server has closed is replaced without the caller noticing")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Event closed(executor);
        const Handler once = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send(reply(200, "ok"));
            peer.close();
            closed.set();
        };
        Pair pair(executor, once);
        for (int round = 0; round < 3; ++round) {
            closed.reset();
            const net::Response response = co_await pair.client.send(get("/"), in(10s));
            CHECK(response.body == "ok");
            co_await closed.wait(in(10s));
        }
        CHECK(pair.server.connections() == 3);
        CHECK_FALSE(pair.client.was_retried());
    });
}

TEST_CASE("a kept connection that dies under the next request is retried on a fresh one, once")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const Handler second_dies = [](Peer& peer, const Recorded& request) -> asio::awaitable<void> {
            if (request.target == "/second" && request.connection == 1)
                peer.reset();
            else
                co_await peer.send(reply(200, "ok"));
        };
        Pair pair(executor, second_dies);
        co_await pair.client.send(get("/first"), in(10s));
        const net::Response response = co_await pair.client.send(get("/second"), in(10s));
        CHECK(response.body == "ok");
        CHECK(pair.server.connections() == 2);
    });
}

TEST_CASE("what may have been acted on is not sent again: a POST whose kept connection dies is the caller's [AC-G21]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        int acted = 0;
        const Handler dies = [&](Peer& peer, const Recorded& request) -> asio::awaitable<void> {
            if (request.target == "/first")
                co_await peer.send(reply(200, "ok"));
            else
                ++acted, peer.close();
        };
        Pair pair(executor, dies);
        co_await pair.client.send(get("/first"), in(10s));
        net::Request request = get("/second");
        request.method = "POST";
        std::error_code code;
        try {
            co_await pair.client.send(std::move(request), in(10s));
        } catch (const std::system_error& e) {
            code = e.code();
        }
        CHECK(code == Failure::transient);
        CHECK(acted == 1);
    });
}

TEST_CASE("a fresh connection that dies is the caller's: transport errors are not retried here")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        const Handler dies = [](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            peer.close();
            co_return;
        };
        Pair pair(executor, dies);
        std::error_code code;
        try {
            co_await pair.client.send(get("/"), in(10s));
        } catch (const std::system_error& e) {
            code = e.code();
        }
        CHECK(code == Failure::transient);
        CHECK(pair.server.requests().size() == 1);
    });
}

TEST_CASE("a connection is not kept beyond its age, nor are more than allowed [NET-14]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(200)));
        for (const bool by_age : {true, false}) {
            net::ClientOptions options = Pair::options_for(pair.server);
            if (by_age)
                options.connection_max_age = 0s;
            else
                options.max_idle = 0;
            net::Client client(executor, options);
            const unsigned before = pair.server.connections();
            for (int round = 0; round < 3; ++round) co_await client.send(get("/"), in(10s));
            CHECK(pair.server.connections() == before + 3);
        }
    });
}

TEST_CASE("Connection: close is honoured, and close_idle closes what is kept")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(200, "", {{"Connection", "close"}})));
        for (int round = 0; round < 2; ++round) co_await pair.client.send(get("/"), in(10s));
        CHECK(pair.server.connections() == 2);
        Pair kept(executor, always(reply(200)));
        co_await kept.client.send(get("/"), in(10s));
        kept.client.close_idle();
        co_await kept.client.send(get("/"), in(10s));
        CHECK(kept.server.connections() == 2);
    });
}
