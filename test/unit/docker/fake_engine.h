#pragma once
#include "docker/engine.h"
#include "test/double/http_server.h"
#include "test/double/run.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <map>

namespace ysnp::docker {

/// What a scripted call answers with.
using Reply = std::function<boost::asio::awaitable<void>(test::Peer&, const test::Recorded&)>;

inline Reply json(unsigned status, std::string body)
{
    return [status, body](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        const std::string bytes = test::json_reply(status, body);
        co_await peer.send(bytes);
    };
}
inline Reply raw(std::string bytes)
{
    return
        [bytes](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> { co_await peer.send(bytes); };
}

inline Reply gone() { return raw("HTTP/1.1 204 No Content\r\n\r\n"); }
/// The call came in, and the connection breaks before an answer.
inline Reply cut()
{
    return [](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        peer.close();
        co_return;
    };
}
/// No answer, as long as the client waits.
inline Reply silence()
{
    return [](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        const bool gone = co_await peer.closed(in(std::chrono::seconds(20)));
        (void)gone;
    };
}

/// An Engine on a Unix socket that answers by a table: "METHOD /path" (version and query left out) to replies, used in
/// order; the last one stays. _ping and version are there from the start, everything else is 404 "no script".
class FakeEngine {
public:
    FakeEngine() : server_(context.get_executor(), handler(), options())
    {
        on("HEAD /_ping", raw(test::reply(200, {}, {{"Api-Version", "1.41"}})));
        on("GET /version", json(200, R"({"ApiVersion":"1.41","MinAPIVersion":"1.12","Os":"linux","Version":"20.10"})"));
    }

    void on(const std::string& call, Reply reply) { script_[call].push_back(std::move(reply)); }
    void replace(const std::string& call, Reply reply) { script_[call] = {std::move(reply)}; }

    /// The recorded calls but _ping and version, as "METHOD /v1.41/path?query".
    std::vector<std::string> calls() const
    {
        std::vector<std::string> result;
        for (const auto& request : server_.requests())
            if (request.target != "/_ping" && request.target != "/version")
                result.push_back(request.method + " " + request.target);
        return result;
    }
    std::size_t count(std::string_view call) const
    {
        std::size_t result = 0;
        for (const auto& request : server_.requests()) result += key(request) == call;
        return result;
    }
    const test::Recorded& request(std::string_view call) const
    {
        for (const auto& request : server_.requests())
            if (key(request) == call) return request;
        throw std::runtime_error("no such call: " + std::string(call));
    }
    std::string socket() const { return (dir_ / "docker.sock").string(); }
    Engine engine(std::chrono::seconds pull_idle = std::chrono::seconds(30))
    {
        return Engine(context.get_executor(), {socket(), pull_idle});
    }
    template <class T>
    T run(boost::asio::awaitable<T> task)
    {
        return test::run(context, std::move(task));
    }
    test::HttpServer& server() { return server_; }

    boost::asio::io_context context{1};

private:
    static std::string key(const test::Recorded& request)
    {
        std::string path(request.path());
        if (path.starts_with("/v1.")) path.erase(0, path.find('/', 1));
        return request.method + " " + path;
    }
    test::ServerOptions options() const
    {
        test::ServerOptions result;
        result.unix_path = socket();
        return result;
    }
    test::Handler handler()
    {
        return [this](test::Peer& peer, const test::Recorded& request) -> boost::asio::awaitable<void> {
            auto& replies = script_[key(request)];
            const Reply reply = replies.empty() ? json(404, R"({"message":"no script"})") : replies.front();
            if (replies.size() > 1) replies.erase(replies.begin());
            co_await reply(peer, request);
        };
    }

    test::TempDir dir_;
    std::map<std::string, std::vector<Reply>> script_;
    test::HttpServer server_;
};

inline Deadline soon() { return in(std::chrono::seconds(10)); }

/// What the call throws; the test fails when it does not.
template <class T>
EngineError error_of(FakeEngine& fake, boost::asio::awaitable<T> task)
{
    try {
        if constexpr (std::is_void_v<T>)
            fake.run(std::move(task));
        else
            (void)fake.run(std::move(task));
    } catch (const EngineError& error) {
        return error;
    }
    FAIL("nothing was thrown");
    throw std::logic_error("unreachable");
}

} // namespace ysnp::docker
