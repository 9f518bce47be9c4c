#pragma once
#include "net/http.h"
#include "net/wait.h"
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <span>
#include <string>

namespace ysnp::git {

/// The program's HTTP client for code that blocks: each call runs the event loop of its own until it has what it needs.
/// Deadlines are the parent's: it kills the worker.
class BlockingHttp {
public:
    explicit BlockingHttp(net::ClientOptions options);

    /// A whole reply, of any status. Throws as net::Client does.
    net::Response get(net::Request request);

private:
    friend class Download;
    boost::asio::io_context context_{1};
    net::Client client_;
};

/// A reply's body, pulled piece by piece while it arrives; the connection waits when nobody reads.
class Download : private net::BodySink {
public:
    Download(BlockingHttp& http, net::Request request);
    ~Download() override;
    Download(const Download&) = delete;

    /// At least one byte, 0 at the end. Throws as net::Client does. A status that is no success ends the body at once.
    std::size_t read(std::span<char> into);
    /// The head and, for a status that is no success, the body: valid once read() has returned 0.
    const net::Response& response() const noexcept { return response_; }

private:
    boost::asio::awaitable<void> run(net::Request request);
    boost::asio::awaitable<void> write(std::string_view bytes) override;

    BlockingHttp& http_;
    Event drained_;
    boost::asio::cancellation_signal cancel_;
    std::string buffer_;
    std::size_t taken_ = 0;
    bool done_ = false;
    std::exception_ptr failure_;
    net::Response response_;
};

} // namespace ysnp::git
