#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <span>
#include <string_view>

namespace ysnp::test {

struct ServerTls;

/// The server's end of a connection, plain or TLS. Errors throw; the end of the stream is 0 bytes.
class ServerStream {
public:
    virtual ~ServerStream() = default;
    virtual boost::asio::awaitable<void> handshake() = 0;
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into) = 0;
    virtual boost::asio::awaitable<void> write(std::string_view bytes) = 0;
    virtual boost::asio::generic::stream_protocol::socket& socket() = 0;
};

/// `tls` null: plain. The context is shared by all of a server's connections.
std::unique_ptr<ServerStream> server_stream(boost::asio::generic::stream_protocol::socket socket,
                                            const std::shared_ptr<boost::asio::ssl::context>& tls);

/// Throws where the PEM texts are none.
std::shared_ptr<boost::asio::ssl::context> tls_context(const ServerTls& tls);

} // namespace ysnp::test
