#include "test/double/server_stream.h"
#include "test/double/http_server.h"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

namespace ysnp::test {

namespace asio = boost::asio;
using Socket = asio::generic::stream_protocol::socket;

namespace {

template <class Layer>
class StreamOver final : public ServerStream {
public:
    template <class... Args>
    explicit StreamOver(std::shared_ptr<asio::ssl::context> tls, Args&&... args)
        : tls_(std::move(tls)), layer_(std::forward<Args>(args)...)
    {
    }

    asio::awaitable<void> handshake() override
    {
        if constexpr (!std::is_same_v<Layer, Socket>)
            co_await layer_.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
        co_return;
    }

    asio::awaitable<std::size_t> read_some(std::span<char> into) override
    {
        boost::system::error_code code;
        const std::size_t size = co_await layer_.async_read_some(asio::buffer(into.data(), into.size()),
                                                                 asio::redirect_error(asio::use_awaitable, code));
        if (code == asio::error::eof || code == asio::ssl::error::stream_truncated) co_return 0;
        if (code) throw boost::system::system_error(code);
        co_return size;
    }

    asio::awaitable<void> write(std::string_view bytes) override
    {
        co_await asio::async_write(layer_, asio::buffer(bytes.data(), bytes.size()), asio::use_awaitable);
    }

    Socket& socket() override
    {
        if constexpr (std::is_same_v<Layer, Socket>)
            return layer_;
        else
            return layer_.next_layer();
    }

private:
    std::shared_ptr<asio::ssl::context> tls_;
    Layer layer_;
};

} // namespace

std::unique_ptr<ServerStream> server_stream(Socket socket, const std::shared_ptr<asio::ssl::context>& tls)
{
    if (!tls) return std::make_unique<StreamOver<Socket>>(nullptr, std::move(socket));
    return std::make_unique<StreamOver<asio::ssl::stream<Socket>>>(tls, std::move(socket), *tls);
}

std::shared_ptr<asio::ssl::context> tls_context(const ServerTls& tls)
{
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    context->use_certificate_chain(asio::buffer(tls.certificate));
    context->use_private_key(asio::buffer(tls.key), asio::ssl::context::pem);
    SSL_CTX* native = context->native_handle();
    if (tls.only_tls11) {
        SSL_CTX_set_security_level(native, 0);
        SSL_CTX_set_min_proto_version(native, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(native, TLS1_1_VERSION);
    }
    if (tls.only_tls12) SSL_CTX_set_max_proto_version(native, TLS1_2_VERSION);
    if (tls.client_ca.empty()) return context;
    context->add_certificate_authority(asio::buffer(tls.client_ca));
    context->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
    return context;
}

} // namespace ysnp::test
