#pragma once
#include "net/deadline.h"
#include "net/secret.h"
#include "net/url.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ysnp::net {

struct Header {
    std::string name;
    std::string value;
};

/// What a request's streamed body comes from. Asked for again at each attempt, so that a retry starts from byte 0.
class BodySource {
public:
    virtual ~BodySource() = default;
    /// The whole size where it is known (sent as Content-Length), else the body goes out chunked.
    virtual std::optional<std::uint64_t> size() const = 0;
    /// Next bytes; an empty view is the end. The bytes stay valid until the next call.
    virtual boost::asio::awaitable<std::string_view> next() = 0;
};

/// Where a response's streamed body goes to.
class BodySink {
public:
    virtual ~BodySink() = default;
    /// Called once, before the first byte, only for a status of 200 to 299; other bodies are collected in Response.
    virtual void begin(unsigned status) { (void)status; }
    virtual boost::asio::awaitable<void> write(std::string_view bytes) = 0;
};

struct Request {
    std::string method;          // "GET", "POST", …
    std::string target;          // path and query: "/api/v4/jobs/request"
    std::vector<Header> headers; // Host, Content-Length and Connection are the client's
    std::vector<std::pair<std::string, const Secret*>>
        credentials;                     // headers whose value must never be logged; never sent to another origin
    std::string body;                    // sent when not empty, or when the method is POST, PUT, PATCH
    const Secret* secret_body = nullptr; // instead of body; outlives the call, is not copied
    std::function<std::unique_ptr<BodySource>()> stream; // instead of body
    std::size_t max_body = 16u << 20;                    // bound on a collected response body
    std::size_t max_header = 64u << 10;
};

struct Response {
    unsigned status = 0;
    std::vector<Header> headers;
    std::string body;

    bool ok() const noexcept { return status >= 200 && status < 300; }
    /// First value of a header, name compared without case; empty when there is none.
    std::string_view header(std::string_view name) const noexcept;
};

/// A connection that stopped being HTTP (Engine attach): raw bytes both ways. Dropping it closes it.
class RawStream {
public:
    virtual ~RawStream() = default;
    /// At least one byte, or 0 at the end of the stream. Throws (Failure::timed_out, cancelled, transient).
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into, Deadline until) = 0;
    virtual boost::asio::awaitable<void> write(std::string_view bytes, Deadline until) = 0;
    /// Half-close: the peer reads the end, we still read.
    virtual void close_write() = 0;
    virtual void close() noexcept = 0;
};

struct TlsOptions {
    std::string ca_file;   // added to the system's store; PEM
    std::string cert_file; // client certificate and its key; both or none
    std::string key_file;
};

/// Proxy rules as in the environment of the service: HTTP_PROXY, HTTPS_PROXY, NO_PROXY and lower case.
/// Loopback targets are never proxied.
struct ProxyOptions {
    std::string http, https, no_proxy;
    static ProxyOptions from_environment();
};

struct RetryOptions {
    int attempts = 5; // in all; 1 switches retries off
    std::chrono::milliseconds first_pause{100};
    std::chrono::milliseconds longest_pause{std::chrono::minutes(5)};
};

struct ClientOptions {
    Origin origin;
    TlsOptions tls;
    ProxyOptions proxy;
    RetryOptions retry; // 408, 429, 500, 502, 503, 504, >= 512; transport errors are the caller's
    std::string user_agent = "ysnprunner";
    std::chrono::seconds connect_timeout{30};
    std::chrono::seconds connection_max_age{15 * 60};
    std::size_t max_idle = 16;
    bool follow_redirects = true; // 307 and 308 to the same origin only; all others are refused. false: every
                                  // redirect is handed back as the Response that it is
    std::function<void(std::string_view)> warn; // hears of what is degraded: a CA file that cannot be parsed
};

/// The one HTTP/1.1 client of the program (RFC 9110, 9112): one origin, a pool of kept-alive connections. All calls
/// run on the executor's one thread. Any status is a Response; what throws is system_error with "METHOD host/path" in
/// what(): Failure::transient, timed_out, cancelled, protocol, too_large, untrusted. A kept-alive connection that turns
/// out to be dead before the reply has begun is replaced by a fresh one, once, where the request is idempotent or had
/// not gone out whole; a POST or PATCH that the peer may have acted on is the caller's to judge. Cancelling any call
/// closes its connection.
class Client {
public:
    Client(boost::asio::any_io_executor executor, ClientOptions options);
    ~Client();
    Client(Client&&) noexcept;

    boost::asio::awaitable<Response> send(Request request, Deadline until);
    /// Streams a successful body to `sink` (which must outlive the call); never retried once the sink has begun.
    boost::asio::awaitable<Response> send(Request request, BodySink& sink, Deadline until);
    struct Upgraded {
        Response response;                 // 101 or 200 with no body read, or the refusal with its body
        std::unique_ptr<RawStream> stream; // set when the status was 101 or 200
    };
    /// Sends with "Connection: Upgrade" and hands the connection over; bytes read past the head are not lost.
    boost::asio::awaitable<Upgraded> upgrade(Request request, Deadline until);

    const Origin& origin() const noexcept;
    /// Whether the last call needed a retry of the retry layer (for adaptive request concurrency).
    bool was_retried() const noexcept;
    /// PEM of the verified chain of the newest TLS connection; empty without TLS.
    std::string peer_chain() const;
    void close_idle();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace ysnp::net
