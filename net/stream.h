#pragma once
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace ysnp::net {

/// A connected byte stream, whatever carries it: TCP, a unix socket, TLS over TCP. Only `net` sees it. At most one read
/// and one write at a time; both end with Failure::timed_out at their deadline. Dropping it closes it.
class Stream {
public:
    virtual ~Stream() = default;
    /// At least one byte; 0 at the end of the stream.
    virtual boost::asio::awaitable<std::size_t> read_some(std::span<char> into, Deadline until) = 0;
    /// Writes up to three pieces as one; the bytes must stay until it returns.
    virtual boost::asio::awaitable<void> write(std::span<const std::string_view> pieces, Deadline until) = 0;
    /// Of an idle connection: the peer has neither closed it nor sent anything.
    virtual bool quiet() noexcept = 0;
    virtual void close_write() = 0;
    virtual void close() noexcept = 0;
    /// PEM of the verified chain; empty without TLS.
    virtual std::string peer_chain() const { return {}; }
};

} // namespace ysnp::net
