#include "test/double/http_server.h"
#include "net/ascii.h"
#include "net/wait.h"
#include "test/double/request_parser.h"
#include "test/double/server_stream.h"
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <set>

namespace ysnp::test {

namespace asio = boost::asio;
using Protocol = asio::generic::stream_protocol;

std::string_view Recorded::header(std::string_view name) const noexcept
{
    for (const auto& header : headers)
        if (net::same_ignoring_case(header.name, name)) return header.value;
    return {};
}

std::string_view Recorded::path() const noexcept { return std::string_view(target).substr(0, target.find('?')); }

struct HttpServer::Impl {
    Impl(asio::any_io_executor on, Handler then, ServerOptions given)
        : executor(on), handler(std::move(then)), options(std::move(given)), acceptor(on)
    {
        if (options.tls) tls = tls_context(*options.tls);
    }

    asio::any_io_executor executor;
    Handler handler;
    ServerOptions options;
    std::shared_ptr<asio::ssl::context> tls;
    asio::basic_socket_acceptor<Protocol> acceptor;
    std::vector<Recorded> requests;
    std::set<Protocol::socket*> sockets;
    unsigned accepted = 0, forgotten = 0;
    std::uint16_t port = 0;

    void listen();
};

void HttpServer::Impl::listen()
{
    Protocol::endpoint endpoint = asio::ip::tcp::endpoint(asio::ip::make_address(options.address), options.port);
    if (!options.unix_path.empty()) endpoint = asio::local::stream_protocol::endpoint(options.unix_path);
    acceptor.open(endpoint.protocol());
    if (options.unix_path.empty()) acceptor.set_option(asio::socket_base::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
    if (!options.unix_path.empty()) return;
    const auto bound = acceptor.local_endpoint();
    const auto* address = static_cast<const sockaddr*>(bound.data());
    port = ntohs(address->sa_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(address)->sin6_port
                                                : reinterpret_cast<const sockaddr_in*>(address)->sin_port);
}

namespace {

/// Reads requests off one connection and hands them to the handler.
class Connection final : public Peer {
public:
    template <class Server>
    static asio::awaitable<void> serve(std::shared_ptr<Server> server, Protocol::socket socket, unsigned number);

    explicit Connection(std::unique_ptr<ServerStream> stream) : stream_(std::move(stream)) {}

    asio::awaitable<void> send(std::string_view bytes) override { return stream_->write(bytes); }

    asio::awaitable<std::size_t> read_some(std::span<char> into) override
    {
        if (buffer_.empty()) co_return co_await stream_->read_some(into);
        const std::size_t size = std::min(into.size(), buffer_.size());
        buffer_.copy(into.data(), size);
        buffer_.erase(0, size);
        co_return size;
    }

    asio::awaitable<std::string> read_body() override
    {
        while (!parser_->done()) {
            const std::size_t used = parser_->put(buffer_);
            std::string piece(parser_->body());
            buffer_.erase(0, used);
            if (!piece.empty()) {
                if (on_body) on_body(piece);
                co_return piece;
            }
            if (parser_->done() || used > 0) continue;
            const bool more = co_await fill();
            if (!more) throw std::runtime_error("the client closed inside a request");
        }
        co_return std::string();
    }

    asio::awaitable<bool> closed(Deadline until) override
    {
        using namespace asio::experimental::awaitable_operators;
        auto drain = [](ServerStream& stream) -> asio::awaitable<void> {
            char bytes[4096];
            try {
                for (std::size_t size = 1; size > 0;) size = co_await stream.read_some(bytes);
            } catch (const boost::system::system_error& e) {
                if (e.code() == asio::error::operation_aborted) throw;
            }
        };
        const auto first = co_await (drain(*stream_) || sleep_until(until));
        co_return first.index() == 0;
    }

    void close_write() override
    {
        boost::system::error_code ignored;
        last_ = true;
        stream_->socket().shutdown(asio::socket_base::shutdown_send, ignored);
    }

    void close() override
    {
        boost::system::error_code ignored;
        last_ = true;
        stream_->socket().shutdown(asio::socket_base::shutdown_both, ignored);
        stream_->socket().close(ignored);
    }

    void reset() override
    {
        boost::system::error_code ignored;
        last_ = true;
        stream_->socket().set_option(asio::socket_base::linger(true, 0), ignored);
        stream_->socket().close(ignored);
    }

    /// The next request's head, or nothing at the end.
    asio::awaitable<std::optional<Recorded>> next_head()
    {
        parser_.emplace();
        while (!parser_->head_done()) {
            const std::size_t used = buffer_.empty() ? 0 : parser_->put(buffer_);
            buffer_.erase(0, used);
            if (parser_->head_done()) break;
            const bool more = co_await fill();
            if (!more) co_return std::nullopt;
        }
        if (!parser_->head().header("Expect").empty()) co_await send("HTTP/1.1 100 Continue\r\n\r\n");
        co_return parser_->head();
    }

    asio::awaitable<void> drain_body()
    {
        for (bool more = true; more;) {
            const std::string piece = co_await read_body();
            more = !piece.empty();
        }
    }

    bool last() const { return last_; }
    bool keep_alive() const { return parser_->keep_alive(); }
    ServerStream& stream() { return *stream_; }

    std::function<void(const std::string&)> on_body;

private:
    asio::awaitable<bool> fill()
    {
        char bytes[65536];
        const std::size_t size = co_await stream_->read_some(bytes);
        buffer_.append(bytes, size);
        co_return size > 0;
    }

    std::unique_ptr<ServerStream> stream_;
    std::string buffer_;
    std::optional<RequestParser> parser_;
    bool last_ = false;
};

/// One request: recorded, its body collected unless the handler wants it piece by piece, handled. False: no more.
template <class Server>
asio::awaitable<bool> serve_one(Server& server, Connection& connection, unsigned number)
{
    std::optional<Recorded> head = co_await connection.next_head();
    if (!head) co_return false;
    head->connection = number;
    server.requests.push_back(*head);
    const std::size_t index = server.requests.size() - 1;
    const unsigned epoch = server.forgotten;
    connection.on_body = [&server, &head, index, epoch](const std::string& piece) {
        head->body += piece;
        if (epoch == server.forgotten) server.requests[index].body += piece;
    };
    const bool streamed = server.options.stream_body && server.options.stream_body(*head);
    if (!streamed) co_await connection.drain_body();
    co_await server.handler(connection, *head);
    if (connection.last()) co_return false;
    co_await connection.drain_body();
    co_return connection.keep_alive();
}

template <class Server>
asio::awaitable<void> Connection::serve(std::shared_ptr<Server> server, Protocol::socket socket, unsigned number)
{
    Connection connection(server_stream(std::move(socket), server->tls));
    auto* handle = &connection.stream().socket();
    server->sockets.insert(handle);
    // Whatever ends a connection, a broken client or a stopped server, ends just that.
    try {
        co_await connection.stream().handshake();
        if (server->options.greet) co_await server->handler(connection, Recorded{});
        for (bool more = !server->options.greet; more;) more = co_await serve_one(*server, connection, number);
    } catch (const std::exception&) {
    }
    server->sockets.erase(handle);
}

template <class Server>
asio::awaitable<void> accept_all(std::shared_ptr<Server> server)
{
    for (;;) {
        Protocol::socket socket = co_await server->acceptor.async_accept(asio::use_awaitable);
        const unsigned number = ++server->accepted;
        asio::co_spawn(server->executor, Connection::serve(server, std::move(socket), number),
                       [](const std::exception_ptr&) {});
    }
}

} // namespace

HttpServer::HttpServer(asio::any_io_executor executor, Handler handler, ServerOptions options)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(handler), std::move(options)))
{
    impl_->listen();
    asio::co_spawn(impl_->executor, accept_all(impl_), [](const std::exception_ptr&) {});
}

HttpServer::~HttpServer()
{
    if (impl_) stop();
}

HttpServer::HttpServer(HttpServer&&) noexcept = default;

std::uint16_t HttpServer::port() const noexcept { return impl_->port; }

net::Origin HttpServer::origin() const
{
    if (!impl_->options.unix_path.empty()) return {"unix", impl_->options.unix_path, 0};
    return {impl_->tls ? "https" : "http", impl_->options.address, impl_->port};
}

std::string HttpServer::url() const { return origin().to_string(); }
const std::vector<Recorded>& HttpServer::requests() const noexcept { return impl_->requests; }
unsigned HttpServer::connections() const noexcept { return impl_->accepted; }
unsigned HttpServer::open() const noexcept { return static_cast<unsigned>(impl_->sockets.size()); }

void HttpServer::clear()
{
    ++impl_->forgotten;
    impl_->requests.clear();
}

void HttpServer::stop()
{
    boost::system::error_code ignored;
    impl_->acceptor.close(ignored);
    for (auto* socket : impl_->sockets) {
        socket->shutdown(asio::socket_base::shutdown_both, ignored);
        socket->close(ignored);
    }
}

} // namespace ysnp::test
