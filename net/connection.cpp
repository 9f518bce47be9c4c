#include "net/connection.h"
#include "net/failure.h"
#include "net/reply_parser.h"
#include "net/resolve.h"
#include "net/tls.h"
#include <algorithm>
#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace ysnp::net {

namespace asio = boost::asio;
using Transport = boost::beast::basic_stream<asio::generic::stream_protocol>;
using Secured = asio::ssl::stream<Transport>;
using boost::system::error_code;

namespace {

constexpr std::chrono::seconds handshake_timeout{10};

Transport& transport_of(Transport& stream) { return stream; }
Transport& transport_of(Secured& stream) { return stream.next_layer(); }

[[noreturn]] void fail(const error_code& code, const char* what)
{
    if (code == boost::beast::error::timeout) throw std::system_error(make_error_code(Error::deadline_passed), what);
    throw std::system_error(code, what);
}

template <class Layer>
class StreamOver final : public Stream {
public:
    StreamOver(Layer layer, std::shared_ptr<asio::ssl::context> trust, std::string chain)
        : trust_(std::move(trust)), layer_(std::move(layer)), chain_(std::move(chain))
    {
    }

    asio::awaitable<std::size_t> read_some(std::span<char> into, Deadline until) override
    {
        error_code code;
        transport_of(layer_).expires_at(until);
        const std::size_t size = co_await layer_.async_read_some(asio::buffer(into.data(), into.size()),
                                                                 asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::eof) co_return 0;
        if (code) fail(code, "read");
        co_return size;
    }

    asio::awaitable<void> write(std::span<const std::string_view> pieces, Deadline until) override
    {
        std::array<asio::const_buffer, 3> buffers;
        for (std::size_t at = 0; at < pieces.size(); ++at)
            buffers.at(at) = asio::buffer(pieces[at].data(), pieces[at].size());
        error_code code;
        transport_of(layer_).expires_at(until);
        co_await asio::async_write(layer_, buffers, asio::redirect_error(asio::use_awaitable, code));
        if (code) fail(code, "write");
    }

    bool quiet() noexcept override
    {
        char byte = 0;
        const int handle = transport_of(layer_).socket().native_handle();
        return ::recv(handle, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
    }

    void close_write() override
    {
        error_code ignored;
        transport_of(layer_).socket().shutdown(asio::socket_base::shutdown_send, ignored);
    }

    void close() noexcept override
    {
        error_code ignored;
        transport_of(layer_).socket().close(ignored);
    }

    std::string peer_chain() const override { return chain_; }

private:
    std::shared_ptr<asio::ssl::context> trust_; // shared: a reload may replace it while the connection lives
    Layer layer_;
    std::string chain_;
};

void tune(Transport& transport)
{
    const int handle = transport.socket().native_handle();
    const int on = 1, idle = 30;
    ::setsockopt(handle, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(handle, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(handle, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
}

asio::awaitable<error_code> try_endpoint(Transport& transport, StreamEndpoint endpoint, Deadline until)
{
    error_code code;
    transport.expires_at(until);
    co_await transport.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, code));
    co_return code;
}

/// Each address gets its share of the time that is left.
asio::awaitable<void> connect_any(Transport& transport, std::vector<StreamEndpoint> endpoints, Deadline until)
{
    error_code code = asio::error::host_not_found;
    for (std::size_t at = 0; at < endpoints.size(); ++at) {
        const auto now = std::chrono::steady_clock::now();
        if (until <= now) fail(boost::beast::error::timeout, "connect");
        const auto share = now + (until - now) / static_cast<long>(endpoints.size() - at);
        code = co_await try_endpoint(transport, endpoints[at], at + 1 == endpoints.size() ? until : share);
        if (!code) co_return;
        if (code == asio::error::operation_aborted) break;
        error_code ignored;
        transport.socket().close(ignored);
    }
    fail(code, "connect");
}

asio::awaitable<void> connect_transport(Transport& transport, const Route& route, Deadline until)
{
    std::vector<StreamEndpoint> endpoints;
    if (route.origin.scheme == "unix")
        endpoints.emplace_back(asio::local::stream_protocol::endpoint(route.origin.host));
    else if (route.proxy)
        endpoints = co_await resolve_host(route.proxy->host, route.proxy->port, until);
    else
        endpoints = co_await resolve_host(route.origin.host, route.origin.port, until);
    co_await connect_any(transport, std::move(endpoints), until);
    if (route.origin.scheme != "unix") tune(transport);
}

std::string connect_request(const Route& route)
{
    const std::string host =
        route.origin.host.find(':') == std::string::npos ? route.origin.host : "[" + route.origin.host + "]";
    const std::string authority = host + ":" + std::to_string(route.origin.port);
    std::string text = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!route.proxy->authorization.empty()) text += "Proxy-Authorization: " + route.proxy->authorization + "\r\n";
    return text + "\r\n";
}

[[noreturn]] void proxy_failure(const Route& route, const std::string& why)
{
    throw std::system_error(make_error_code(Error::proxy_refused),
                            "proxy " + route.proxy->host + ":" + std::to_string(route.proxy->port) + ": " + why);
}

/// Asks the proxy for a tunnel to the origin (RFC 9110 9.3.6).
asio::awaitable<void> open_tunnel(Transport& transport, const Route& route, Deadline until)
{
    transport.expires_at(until);
    const std::string request = connect_request(route);
    error_code code;
    co_await asio::async_write(transport, asio::buffer(request), asio::redirect_error(asio::use_awaitable, code));
    if (code) fail(code, "ask the proxy");
    ReplyParser parser(16u << 10, ReplyBody::none);
    std::array<char, 16u << 10> bytes;
    std::size_t filled = 0, used = 0;
    while (!parser.head_done()) {
        if (filled == bytes.size()) throw std::system_error(make_error_code(Error::header_too_large), "proxy");
        filled += co_await transport.async_read_some(asio::buffer(bytes.data() + filled, bytes.size() - filled),
                                                     asio::redirect_error(asio::use_awaitable, code));
        if (code) fail(code, "read the proxy's answer");
        used = parser.put({bytes.data(), filled});
    }
    if (const unsigned status = parser.head().status; status / 100 != 2)
        proxy_failure(route, "answered CONNECT with status " + std::to_string(status));
    if (used != filled) proxy_failure(route, "sent bytes of its own into the tunnel");
}

asio::awaitable<std::unique_ptr<Stream>> secure(Transport transport, const Route& route,
                                                std::shared_ptr<asio::ssl::context> trust, Deadline until)
{
    Secured secured(std::move(transport), *trust);
    expect_host(secured.native_handle(), route.origin.host);
    transport_of(secured).expires_at(until);
    error_code code;
    co_await secured.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, code));
    if (code == boost::beast::error::timeout) fail(code, "TLS handshake");
    if (code) throw std::system_error(handshake_failure(secured.native_handle(), code), "TLS handshake");
    std::string chain = verified_chain(secured.native_handle());
    co_return std::make_unique<StreamOver<Secured>>(std::move(secured), std::move(trust), std::move(chain));
}

} // namespace

asio::awaitable<std::unique_ptr<Stream>> connect(asio::any_io_executor executor, Route route,
                                                 std::shared_ptr<asio::ssl::context> trust, Deadline until)
{
    const Deadline connected = std::min(until, in(route.connect_timeout));
    Transport transport(executor);
    co_await connect_transport(transport, route, connected);
    if (!route.origin.secure())
        co_return std::make_unique<StreamOver<Transport>>(std::move(transport), nullptr, std::string());
    if (route.proxy) co_await open_tunnel(transport, route, connected);
    const Deadline secured = std::min(until, in(handshake_timeout));
    std::unique_ptr<Stream> stream = co_await secure(std::move(transport), route, std::move(trust), secured);
    co_return stream;
}

} // namespace ysnp::net
