#pragma once
#include "gitlab-api/client.h"
#include "test/double/http_server.h"
#include "test/double/run.h"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <memory>
#include <string>
#include <vector>

namespace ysnp::test {

/// Answers with one reply after the other; the last one for ever.
inline Handler script(std::vector<std::string> replies)
{
    auto next = std::make_shared<std::size_t>(0); // shared with the copies that the server makes
    return [replies, next](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
        const auto& bytes = replies[std::min(*next, replies.size() - 1)];
        ++*next;
        co_await peer.send(bytes);
    };
}

inline gitlab::ClientOptions options_for(std::string url)
{
    gitlab::ClientOptions options;
    options.url = std::move(url);
    options.retry.first_pause = std::chrono::milliseconds(1);
    options.retry.longest_pause = std::chrono::milliseconds(5);
    options.identity.version = "0.1.0";
    options.system_id = "s_c2d22f638c25";
    return options;
}

/// A scripted GitLab and a client of it, for one coroutine.
struct Pair {
    Pair(boost::asio::any_io_executor executor, std::vector<std::string> replies, std::string root = {})
        : server(executor, script(std::move(replies))), client(executor, options_for(server.url() + root))
    {
    }
    const Recorded& first() const { return server.requests().at(0); }

    HttpServer server;
    gitlab::Client client;
    Secret runner{"glrt-runner-token-1234567890"};
    Secret job{"glcbt-job-token-1234567890"};
};

/// Runs `body` with a Pair of its own.
template <class Body>
void with(std::vector<std::string> replies, Body body, std::string root = {})
{
    auto task = [](std::vector<std::string> answers, Body run_it, std::string at) -> boost::asio::awaitable<void> {
        const auto executor = co_await boost::asio::this_coro::executor;
        Pair pair(executor, std::move(answers), std::move(at));
        co_await run_it(pair);
    };
    run(task(std::move(replies), std::move(body), std::move(root)));
}

inline Deadline soon() { return in(std::chrono::seconds(10)); }

/// The sentence of the ApiError that `call` ends with.
template <class T>
boost::asio::awaitable<std::string> error_of(boost::asio::awaitable<T> call)
{
    std::string text = "no error";
    try {
        co_await std::move(call);
    } catch (const gitlab::ApiError& error) {
        text = error.text();
    }
    co_return text;
}

} // namespace ysnp::test
