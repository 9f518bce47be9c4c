#pragma once
#include "net/failure.h"
#include "net/http.h"
#include "net/wait.h"
#include "test/double/http_server.h"
#include "test/double/run.h"
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>

namespace ysnp::test {

namespace asio = boost::asio;

/// A server with one handler and a client of it, for one coroutine.
struct Pair {
    HttpServer server;
    net::Client client;

    static net::ClientOptions options_for(const HttpServer& server)
    {
        net::ClientOptions options;
        options.origin = server.origin();
        options.retry.first_pause = std::chrono::milliseconds(1);
        options.retry.longest_pause = std::chrono::milliseconds(5);
        return options;
    }

    Pair(asio::any_io_executor executor, Handler handler, ServerOptions options = {})
        : server(executor, std::move(handler), std::move(options)), client(executor, options_for(server))
    {
    }
};

inline Handler always(std::string bytes)
{
    return [bytes](Peer& peer, const Recorded&) -> asio::awaitable<void> { co_await peer.send(bytes); };
}

inline net::Request get(std::string target)
{
    net::Request request;
    request.method = "GET";
    request.target = std::move(target);
    return request;
}

struct Pieces : net::BodySource {
    std::vector<std::string> pieces;
    std::optional<std::uint64_t> total;
    std::size_t at = 0;
    std::optional<std::uint64_t> size() const override { return total; }
    asio::awaitable<std::string_view> next() override
    {
        if (at == pieces.size()) co_return std::string_view();
        co_return pieces[at++];
    }
};

struct Collected : net::BodySink {
    std::vector<std::string> pieces;
    unsigned status = 0;
    void begin(unsigned code) override { status = code; }
    asio::awaitable<void> write(std::string_view bytes) override
    {
        pieces.emplace_back(bytes);
        co_return;
    }
};

inline std::error_code code_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const std::system_error& e) {
        UNSCOPED_INFO(e.what());
        return e.code();
    }
    return {};
}

/// What leaves `work` as text; empty when nothing does.
inline std::string message_of(const std::function<void()>& work)
{
    try {
        work();
    } catch (const std::exception& e) {
        return e.what();
    }
    return {};
}

} // namespace ysnp::test
