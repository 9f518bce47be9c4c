#include "test/unit/net/tls_fixture.h"

using namespace ysnp;
using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

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
