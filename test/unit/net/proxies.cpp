#include "net/proxy.h"
#include "test/unit/net/client_fixture.h"
#include <cstdlib>
#include <fstream>

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

net::Origin origin(const char* url) { return net::parse_url(url).origin; }

struct Environment {
    explicit Environment(std::vector<std::pair<const char*, const char*>> set) : set_(std::move(set))
    {
        for (const char* name : {"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"})
            ::unsetenv(name);
        for (const auto& [name, value] : set_) ::setenv(name, value, 1);
    }
    ~Environment()
    {
        for (const auto& [name, value] : set_) ::unsetenv(name);
    }
    std::vector<std::pair<const char*, const char*>> set_;
};

} // namespace

TEST_CASE("the environment's proxies are read in both spellings, upper-case HTTP_PROXY too [NET-10]")
{
    const Environment upper({{"HTTP_PROXY", "http://proxy:3128"}, {"NO_PROXY", "a,b"}});
    const auto options = net::ProxyOptions::from_environment();
    CHECK(options.http == "http://proxy:3128");
    CHECK(options.no_proxy == "a,b");
    const auto proxy = net::proxy_for(options, origin("http://gitlab.example.test"));
    REQUIRE(proxy);
    CHECK(proxy->host == "proxy");
    CHECK(proxy->port == 3128);
    CHECK_FALSE(net::proxy_for(options, origin("https://gitlab.example.test")));
    const Environment lower({{"https_proxy", "proxy.example.test:8080"}, {"HTTPS_PROXY", "http://other:1"}});
    const auto secure = net::proxy_for(net::ProxyOptions::from_environment(), origin("https://gitlab.example.test"));
    REQUIRE(secure);
    CHECK(secure->host == "proxy.example.test");
    CHECK(secure->port == 8080);
}

TEST_CASE("NO_PROXY matches names, subdomains, addresses, ranges and ports [NET-09]")
{
    const auto matches = [](const char* list, const char* url) { return net::no_proxy_matches(list, origin(url)); };
    CHECK(matches("*", "https://anything.test"));
    CHECK(matches("example.test", "https://example.test"));
    CHECK(matches("example.test", "https://gitlab.example.test"));
    CHECK(matches(" other , EXAMPLE.test", "https://gitlab.example.test"));
    CHECK(matches(".example.test", "https://gitlab.example.test"));
    CHECK(matches("*.example.test", "https://gitlab.example.test"));
    CHECK(matches("gitlab.example.test:8443", "https://gitlab.example.test:8443"));
    CHECK(matches("10.0.0.0/8", "https://10.1.2.3"));
    CHECK(matches("10.1.2.0/23", "https://10.1.3.255"));
    CHECK(matches("10.1.2.3", "https://10.1.2.3"));
    CHECK(matches("fd00::/8", "https://[fd12::1]"));
    CHECK(matches("fd12::1", "https://[fd12::1]"));
    CHECK(matches("[fd12::1]:443", "https://[fd12::1]"));
    CHECK_FALSE(matches("", "https://example.test"));
    CHECK_FALSE(matches(",,", "https://example.test"));
    CHECK_FALSE(matches(".example.test", "https://example.test"));
    CHECK_FALSE(matches("ample.test", "https://example.test"));
    CHECK_FALSE(matches("gitlab.example.test:8443", "https://gitlab.example.test"));
    CHECK_FALSE(matches("10.0.0.0/8", "https://11.1.2.3"));
    CHECK_FALSE(matches("10.0.0.0/33", "https://10.1.2.3"));
    CHECK_FALSE(matches("10.0.0.0/8", "https://gitlab.example.test"));
    CHECK_FALSE(matches("0.3", "https://10.0.0.3"));
}

TEST_CASE("loopback and unix sockets never have a proxy")
{
    const net::ProxyOptions all{"http://proxy:1", "http://proxy:1", ""};
    for (const char* url : {"http://127.0.0.1", "https://localhost:8443", "http://127.9.9.9", "https://[::1]",
                            "http://a.localhost", "unix:///run/docker.sock"})
        CHECK_FALSE(net::proxy_for(all, origin(url)));
    CHECK(net::proxy_for(all, origin("http://128.0.0.1")));
}

TEST_CASE("a proxy that cannot be used is an error, not a direct connection")
{
    for (const char* proxy : {"https://proxy:1", "socks5://proxy:1", "http://pro xy", "unix:///p"}) {
        const net::ProxyOptions options{proxy, proxy, ""};
        CHECK(code_of([&] { net::proxy_for(options, origin("http://gitlab.example.test")); }) == Failure::invalid);
    }
}

TEST_CASE("plain requests go through the proxy in absolute form, with its credentials [NET-10]")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        HttpServer proxy(executor, always(reply(200, "from the proxy")));
        net::ClientOptions options;
        options.origin = origin("http://gitlab.example.test:8080");
        options.proxy.http = "http://us%40er:pa%3Ass@127.0.0.1:" + std::to_string(proxy.port());
        net::Client client(executor, options);
        const net::Response response = co_await client.send(get("/api/v4/x?y=1"), in(10s));
        CHECK(response.body == "from the proxy");
        const Recorded& got = proxy.requests().front();
        CHECK(got.target == "http://gitlab.example.test:8080/api/v4/x?y=1");
        CHECK(got.header("Host") == "gitlab.example.test:8080");
        CHECK(got.header("Proxy-Authorization") == "Basic dXNAZXI6cGE6c3M=");
    });
}

TEST_CASE("https goes through a tunnel, and the proxy sees nothing but the authority")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        std::string first;
        const Handler handler = [&](Peer& peer, const Recorded&) -> asio::awaitable<void> {
            co_await peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
            char bytes[4096];
            const std::size_t size = co_await peer.read_some(bytes);
            first.assign(bytes, size);
            peer.close();
        };
        HttpServer proxy(executor, handler);
        net::ClientOptions options;
        options.origin = origin("https://gitlab.example.test");
        options.proxy.https = "http://u:p@127.0.0.1:" + std::to_string(proxy.port());
        net::Client client(executor, options);
        const Secret token("planted-token");
        net::Request request = get("/secret-path");
        request.credentials.emplace_back("RUNNER-TOKEN", &token);
        std::error_code code;
        try {
            co_await client.send(std::move(request), in(10s));
        } catch (const std::system_error& e) {
            code = e.code();
        }
        CHECK(code == Failure::transient);
        const Recorded& got = proxy.requests().front();
        CHECK(got.method == "CONNECT");
        CHECK(got.target == "gitlab.example.test:443");
        CHECK(got.header("Proxy-Authorization") == "Basic dTpw");
        CHECK(got.header("RUNNER-TOKEN").empty());
        REQUIRE(first.size() > 5);
        CHECK(first[0] == 0x16);                                       // TLS begins at once
        CHECK(first.find("gitlab.example.test") != std::string::npos); // the server's name (SNI)
        CHECK(first.find("planted") == std::string::npos);
    });
}

TEST_CASE("a proxy that says no is told with its status and is worth another try")
{
    const auto work = [](const char* answer) {
        on_loop([answer](asio::any_io_executor executor) -> asio::awaitable<void> {
            HttpServer proxy(executor, always(answer));
            net::ClientOptions options;
            options.origin = origin("https://gitlab.example.test");
            options.proxy.https = "http://127.0.0.1:" + std::to_string(proxy.port());
            net::Client client(executor, options);
            co_await client.send(get("/"), in(10s));
        });
    };
    const std::string message = message_of([&] { work("HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n"); });
    INFO(message);
    CHECK(message.find("407") != std::string::npos);
    CHECK(code_of([&] { work("HTTP/1.1 407 Auth\r\nContent-Length: 0\r\n\r\n"); }) == Failure::transient);
    CHECK(code_of([&] { work("HTTP/1.1 200 OK\r\n\r\nsmuggled"); }) == Failure::transient);
    const std::string huge = "HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x');
    CHECK(code_of([&] { work(huge.c_str()); }) == Failure::too_large);
}

TEST_CASE("no file of the host's user adds credentials or proxies: .netrc and .curlrc are not read [AC-G19]")
{
    const TempDir home;
    for (const char* name : {".netrc", ".curlrc", ".gitconfig"})
        std::ofstream(home / name) << "machine 127.0.0.1 login planted password planted\nproxy = http://127.0.0.1:1\n";
    const char* before = std::getenv("HOME");
    const std::string kept = before ? before : "";
    ::setenv("HOME", home.path().c_str(), 1);
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor, always(reply(200, "direct")));
        const net::Response response = co_await pair.client.send(get("/"), in(10s));
        CHECK(response.body == "direct");
        for (const auto& header : pair.server.requests().front().headers)
            CHECK(header.value.find("planted") == std::string::npos);
        CHECK(pair.server.requests().front().header("Authorization").empty());
    });
    ::setenv("HOME", kept.c_str(), 1);
}
