#include "net/redirect.h"
#include "test/unit/net/client_fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

net::Request put_with_token(const Secret& token)
{
    net::Request request = get("/api/v4/jobs/1");
    request.method = "PUT";
    request.body = R"({"token":"secret-job-token"})";
    request.credentials.emplace_back("JOB-TOKEN", &token);
    return request;
}

/// Answers the first path with a redirect, everything else with 200.
Handler redirecting(unsigned status, std::string location)
{
    return [status, location](Peer& peer, const Recorded& request) -> asio::awaitable<void> {
        if (request.target == "/api/v4/jobs/1")
            co_await peer.send(reply(status, "", {{"Location", location}}));
        else
            co_await peer.send(reply(200, "moved"));
    };
}

} // namespace

TEST_CASE("307 and 308 within the origin keep method, body and credentials [NET-11] [AC-G01]")
{
    for (const unsigned status : {307u, 308u}) {
        on_loop([status](asio::any_io_executor executor) -> asio::awaitable<void> {
            Pair pair(executor, redirecting(status, "/gitlab/api/v4/jobs/1?x=1"));
            const Secret token("secret-job-token");
            const net::Response response = co_await pair.client.send(put_with_token(token), in(10s));
            CHECK(response.body == "moved");
            REQUIRE(pair.server.requests().size() == 2);
            const Recorded& second = pair.server.requests()[1];
            CHECK(second.method == "PUT");
            CHECK(second.target == "/gitlab/api/v4/jobs/1?x=1");
            CHECK(second.body == R"({"token":"secret-job-token"})");
            CHECK(second.header("JOB-TOKEN") == "secret-job-token");
        });
    }
}

TEST_CASE("301, 302 and 303 are no success, and the message says to correct the URL [NET-12] [AC-G01]")
{
    for (const unsigned status : {301u, 302u, 303u}) {
        const auto work = [status] {
            on_loop([status](asio::any_io_executor executor) -> asio::awaitable<void> {
                Pair pair(executor, redirecting(status, "/elsewhere?private=1"));
                const Secret token("secret-job-token");
                co_await pair.client.send(put_with_token(token), in(10s));
            });
        };
        CHECK(code_of(work) == Failure::untrusted);
        const std::string message = message_of(work);
        INFO(message);
        CHECK(message.find("configured URL") != std::string::npos);
        CHECK(message.find("private") == std::string::npos);
        CHECK(message.find("secret") == std::string::npos);
    }
}

TEST_CASE("no redirect leads to another origin, and nothing arrives there [AC-G01] [AC-G16] [SEC-05]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        HttpServer other(executor, always(reply(200, "stolen")));
        for (const unsigned status : {301u, 302u, 307u, 308u}) {
            Pair pair(executor, redirecting(status, other.url() + "/take?X-Amz-Signature=planted"));
            const Secret token("secret-job-token");
            std::error_code code;
            std::string message;
            try {
                co_await pair.client.send(put_with_token(token), in(10s));
            } catch (const std::system_error& e) {
                code = e.code();
                message = e.what();
            }
            CHECK(code == Failure::untrusted);
            CHECK(message.find(other.url()) != std::string::npos);
            CHECK(message.find("planted") == std::string::npos);
        }
        CHECK(other.connections() == 0);
    });
}

TEST_CASE("every spelling of another place is refused [AC-G01] [AC-G17]")
{
    const net::Origin origin{"https", "gitlab.example.test", 443};
    for (const char* location :
         {"http://gitlab.example.test/x", "https://gitlab.example.test:8443/x", "//evil.test/x",
          "https://user@gitlab.example.test/x", "https://gitlab.example.test.evil.test/x", "file:///etc/passwd",
          "gopher://127.0.0.1/", "https://169.254.169.254/latest", "https://gitlab.example.test\\@evil.test/",
          "unix:///run/docker.sock", "https:gitlab.example.test", "https://[::1]/"}) {
        INFO(location);
        net::Response response;
        response.status = 307;
        response.headers = {{"Location", location}};
        CHECK(code_of([&] { net::redirected_target(origin, "/a", response); }) == Failure::untrusted);
    }
    net::Response response;
    response.status = 307;
    CHECK(code_of([&] { net::redirected_target(origin, "/a", response); }) == Failure::untrusted);
    response.headers = {{"Location", "HTTPS://GitLab.Example.Test:443/b?c"}};
    CHECK(net::redirected_target(origin, "/a", response) == "/b?c");
    response.status = 304;
    CHECK_FALSE(net::redirected_target(origin, "/a", response));
}

TEST_CASE("a redirect loop stops after ten [NET-13]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(307, "", {{"Location", "/again"}})));
        std::error_code code;
        try {
            co_await pair.client.send(get("/again"), in(10s));
        } catch (const std::system_error& e) {
            code = e.code();
        }
        CHECK(code == Failure::untrusted);
        CHECK(pair.server.requests().size() == 11);
    });
}

TEST_CASE("a client that follows nothing hands the redirect back")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(302, "", {{"Location", "https://storage.example.test/x"}})));
        net::ClientOptions options = Pair::options_for(pair.server);
        options.follow_redirects = false;
        net::Client client(executor, options);
        const net::Response response = co_await client.send(get("/"), in(10s));
        CHECK(response.status == 302);
        CHECK(response.header("location") == "https://storage.example.test/x");
    });
}
