#pragma once
#include "net/deadline.h"
#include "net/http.h"
#include "test/double/replies.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::test {

/// A request as the server got it.
struct Recorded {
    std::string method;
    std::string target;
    std::vector<net::Header> headers;
    std::string body;        // transfer coding removed; grows while the handler reads, where bodies are streamed
    unsigned connection = 0; // the how-many-eth connection brought it, from 1
    bool chunked = false;

    std::string_view header(std::string_view name) const noexcept;
    std::string_view path() const noexcept; // target without the query
};

/// One accepted connection, in the hands of a handler: any bytes, at any pace.
class Peer {
public:
    virtual ~Peer() = default;
    virtual boost::asio::awaitable<void> send(std::string_view bytes) = 0;
    /// Raw bytes after the request (an upgraded connection); 0 at the end.
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into) = 0;
    /// Next piece of the request's body, where ServerOptions::stream_body chose so; empty at the end.
    virtual boost::asio::awaitable<std::string> read_body() = 0;
    /// Waits until the client has closed the connection, at most until `until`; says whether it has.
    virtual boost::asio::awaitable<bool> closed(Deadline until) = 0;
    /// Ends our half; the connection serves no further request.
    virtual void close_write() = 0;
    virtual void close() = 0;
    /// Closes with a TCP reset.
    virtual void reset() = 0;
};

/// Answers one request. The connection is kept for the next one unless the handler closed it.
using Handler = std::function<boost::asio::awaitable<void>(Peer&, const Recorded&)>;

/// PEM texts; test/double/certificate.h makes them.
struct ServerTls {
    std::string certificate, key;
    std::string client_ca; // set: a client certificate of this CA is demanded
    bool only_tls11 = false;
    bool only_tls12 = false;
};

struct ServerOptions {
    std::string unix_path; // set: a unix socket instead of 127.0.0.1
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::shared_ptr<const ServerTls> tls; // shared: tests hand one to several servers
    /// Requests whose body the handler reads itself; null: bodies are collected before the handler runs.
    std::function<bool(const Recorded&)> stream_body;
    bool greet = false; // the handler runs at once for each connection, before any request (raw protocols)
};

/// A scripted HTTP/1.1 server on loopback. Runs on the executor's thread; everything ends with the object.
class HttpServer {
public:
    HttpServer(boost::asio::any_io_executor executor, Handler handler, ServerOptions options = {});
    ~HttpServer();
    HttpServer(HttpServer&&) noexcept;

    std::uint16_t port() const noexcept;
    net::Origin origin() const; // host 127.0.0.1 (or options.address), or the socket's path
    std::string url() const;    // origin, as text
    const std::vector<Recorded>& requests() const noexcept;
    unsigned connections() const noexcept; // accepted so far
    unsigned open() const noexcept;        // not yet ended
    void clear();                          // forgets the recorded requests
    /// Stops listening and closes every connection.
    void stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with the coroutines of its connections
};

} // namespace ysnp::test
