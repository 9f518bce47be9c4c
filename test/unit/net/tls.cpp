#include "test/double/certificate.h"
#include "test/unit/net/client_fixture.h"
#include <filesystem>
#include <fstream>

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

const Authority& authority()
{
    static const Authority made("Private CA");
    return made;
}

ServerOptions secured(const Authority& by, CertificateRequest request)
{
    const Certificate issued = by.issue(request);
    auto tls = std::make_shared<ServerTls>();
    tls->certificate = issued.certificate;
    tls->key = issued.key;
    ServerOptions options;
    options.tls = tls;
    return options;
}

CertificateRequest for_loopback()
{
    CertificateRequest request;
    request.names = {"IP:127.0.0.1", "DNS:localhost"};
    return request;
}

std::string file(const TempDir& directory, const char* name, const std::string& text)
{
    const auto path = directory / name;
    std::ofstream(path) << text;
    return path.string();
}

struct Attempt {
    std::error_code code;
    std::string message;
    std::size_t requests = 0;
    unsigned status = 0;
};

/// One GET to a TLS server, with what came of it.
Attempt attempt(ServerOptions server_options, net::TlsOptions tls, std::string host = "127.0.0.1")
{
    Attempt result;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        HttpServer server(executor, always(reply(200, "ok")), server_options);
        net::ClientOptions options;
        options.origin = server.origin();
        options.origin.host = host;
        options.tls = tls;
        net::Client client(executor, options);
        const Secret token("planted-token");
        net::Request request = get("/");
        request.credentials.emplace_back("RUNNER-TOKEN", &token);
        try {
            const net::Response response = co_await client.send(std::move(request), in(10s));
            result.status = response.status;
        } catch (const std::system_error& e) {
            result.code = e.code();
            result.message = e.what();
        }
        result.requests = server.requests().size();
    });
    return result;
}

} // namespace

TEST_CASE("a server of an unknown CA is refused and nothing is sent to it [NET-01] [AC-G02]")
{
    const Attempt result = attempt(secured(authority(), for_loopback()), {});
    INFO(result.message);
    CHECK(result.code == Failure::untrusted);
    CHECK(result.code != Failure::transient);
    CHECK(result.message.find("certificate") != std::string::npos);
    CHECK(result.requests == 0);
}

TEST_CASE("the CA file is trusted beside the system's certificates [NET-02]")
{
    const TempDir directory;
    net::TlsOptions tls;
    tls.ca_file = file(directory, "ca.pem", authority().certificate());
    CHECK(attempt(secured(authority(), for_loopback()), tls).status == 200);
    CHECK(attempt(secured(authority(), for_loopback()), tls, "localhost").status == 200);
}

TEST_CASE("the certificate must be for the very host, name or address [AC-G02] [AC-G03]")
{
    const TempDir directory;
    net::TlsOptions tls;
    tls.ca_file = file(directory, "ca.pem", authority().certificate());
    CertificateRequest request;
    request.common_name = "127.0.0.1"; // a common name never counts for an address
    for (const char* name : {"IP:127.0.0.2", "DNS:127.0.0.1", "DNS:other.example.test", "IP:::1"}) {
        INFO(name);
        request.names = {name};
        const Attempt result = attempt(secured(authority(), request), tls);
        CHECK(result.code == Failure::untrusted);
        CHECK(result.requests == 0);
    }
    request.names = {"DNS:*.localhost", "DNS:localhost.example.test"};
    CHECK(attempt(secured(authority(), request), tls, "localhost").code == Failure::untrusted);
}

TEST_CASE("an expired, a future and a client's certificate are refused [AC-G02]")
{
    const TempDir directory;
    net::TlsOptions tls;
    tls.ca_file = file(directory, "ca.pem", authority().certificate());
    CertificateRequest expired = for_loopback(), future = for_loopback(), client = for_loopback();
    expired.from = -2h, expired.to = -1h;
    future.from = 1h, future.to = 2h;
    client.client = true;
    const Attempt too_late = attempt(secured(authority(), expired), tls);
    INFO(too_late.message);
    CHECK(too_late.code == Failure::untrusted);
    CHECK(too_late.message.find("expired") != std::string::npos);
    CHECK(attempt(secured(authority(), future), tls).code == Failure::untrusted);
    CHECK(attempt(secured(authority(), client), tls).code == Failure::untrusted);
}

TEST_CASE("TLS 1.1 is refused, 1.2 is spoken [NET-08] [AC-G02]")
{
    const TempDir directory;
    net::TlsOptions tls;
    tls.ca_file = file(directory, "ca.pem", authority().certificate());
    for (const bool old : {true, false}) {
        ServerOptions options = secured(authority(), for_loopback());
        auto settings = std::make_shared<ServerTls>(*options.tls);
        (old ? settings->only_tls11 : settings->only_tls12) = true;
        options.tls = settings;
        const Attempt result = attempt(options, tls);
        INFO(result.message);
        if (old)
            CHECK(result.code == Failure::untrusted);
        else
            CHECK(result.status == 200);
    }
}

TEST_CASE("a client certificate is shown where both of its files are there [NET-06]")
{
    const TempDir directory;
    ServerOptions options = secured(authority(), for_loopback());
    auto settings = std::make_shared<ServerTls>(*options.tls);
    settings->client_ca = authority().certificate();
    options.tls = settings;
    CertificateRequest request;
    request.client = true;
    const Certificate shown = authority().issue(request);
    net::TlsOptions tls;
    tls.ca_file = file(directory, "ca.pem", authority().certificate());
    CHECK(attempt(options, tls).status == 0);
    tls.cert_file = file(directory, "client.crt", shown.certificate);
    CHECK(attempt(options, tls).status == 0);
    tls.key_file = file(directory, "client.key", shown.key);
    CHECK(attempt(options, tls).status == 200);
}

TEST_CASE("a broken CA file is told and left out; it never switches verification off [NET-05]")
{
    const TempDir directory;
    on_loop([&](asio::any_io_executor executor) -> asio::awaitable<void> {
        HttpServer server(executor, always(reply(200)), secured(authority(), for_loopback()));
        std::string warning;
        net::ClientOptions options;
        options.origin = server.origin();
        options.tls.ca_file = file(directory, "ca.pem", "-----BEGIN CERTIFICATE-----\nnonsense\n");
        options.warn = [&](std::string_view text) { warning = text; };
        net::Client client(executor, options);
        std::error_code code;
        try {
            co_await client.send(get("/"), in(10s));
        } catch (const std::system_error& e) {
            code = e.code();
        }
        INFO(warning);
        CHECK(code == Failure::untrusted);
        CHECK(warning.find("ca.pem") != std::string::npos);
    });
}

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
