#pragma once
#include "test/double/fake_gitlab.h"
#include "test/unit/net/client_fixture.h"
#include <nlohmann/json.hpp>

namespace ysnp::test {

using nlohmann::json;

inline constexpr const char* runner_token = "glrt-fake-runner-token";

/// The fake with a client; requests are written as JSON.
struct Fixture {
    FakeGitlab gitlab;
    net::Client client;

    explicit Fixture(asio::any_io_executor executor, FakeGitlabOptions options = {})
        : gitlab(executor, std::move(options)), client(executor, client_options(gitlab))
    {
    }

    static net::ClientOptions client_options(const FakeGitlab& gitlab)
    {
        net::ClientOptions options;
        options.origin = gitlab.origin();
        options.retry.attempts = 1;
        return options;
    }

    asio::awaitable<net::Response> call(std::string method, std::string target, json body,
                                        std::vector<net::Header> headers = {})
    {
        net::Request request;
        request.method = std::move(method);
        request.target = std::move(target);
        request.body = body.is_null() ? std::string() : body.dump();
        request.headers = std::move(headers);
        request.headers.push_back({"Content-Type", "application/json"});
        return client.send(std::move(request), in(std::chrono::seconds(10)));
    }

    asio::awaitable<net::Response> ask(json more = json::object())
    {
        json body = {{"token", runner_token},
                     {"system_id", "s_0123456789ab"},
                     {"info", {{"features", {{"two_phase_job_commit", true}, {"cancel_gracefully", true}}}}}};
        body.update(more);
        return call("POST", "/api/v4/jobs/request", std::move(body));
    }

    asio::awaitable<net::Response> update(std::uint64_t id, json body)
    {
        body["token"] = gitlab.job(id).token;
        return call("PUT", "/api/v4/jobs/" + std::to_string(id), std::move(body),
                    {{"JOB-TOKEN", gitlab.job(id).token}});
    }

    asio::awaitable<net::Response> patch(std::uint64_t id, std::string bytes, std::uint64_t at)
    {
        net::Request request;
        request.method = "PATCH";
        request.target = "/api/v4/jobs/" + std::to_string(id) + "/trace?debug_trace=false";
        request.headers = {{"Content-Range", std::to_string(at) + "-" + std::to_string(at + bytes.size() - 1)},
                           {"JOB-TOKEN", gitlab.job(id).token},
                           {"Content-Type", "text/plain"}};
        request.body = std::move(bytes);
        return client.send(std::move(request), in(std::chrono::seconds(10)));
    }

    /// Queues a job and has it acknowledged.
    asio::awaitable<std::uint64_t> running()
    {
        const std::uint64_t id = gitlab.enqueue({});
        co_await ask();
        co_await update(id, {{"state", "running"}});
        co_return id;
    }
};

/// Runs `work` with a FakeGitlab and its client on a loop of their own.
template <class Work>
void with_gitlab(Work work, FakeGitlabOptions options = {})
{
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        Fixture fixture(executor, options);
        co_await work(fixture);
    });
}

} // namespace ysnp::test
