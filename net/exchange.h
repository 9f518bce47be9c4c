#pragma once
#include "net/http.h"
#include "net/reply_parser.h"
#include "net/request_head.h"
#include "net/stream.h"
#include <memory>
#include <optional>

namespace ysnp::net {

/// One request and its reply on one connection. Everything it is given must outlive it.
class Exchange {
public:
    Exchange(Stream& stream, const Request& request, HeadOptions options, Deadline until);

    /// Sends the request and reads the whole reply; a successful body goes to `sink` piece by piece as it comes, where
    /// there is one, else it is collected. Throws Failure::transient, timed_out, cancelled, protocol, too_large.
    boost::asio::awaitable<Response> run(BodySink* sink);
    /// The same, but after a 101 or 200 the connection is the caller's and leftover() holds what came past the head.
    boost::asio::awaitable<Response> run_upgrade();

    /// The reply had begun to come.
    bool answered() const noexcept { return answered_; }
    /// The whole request has gone out, so the peer may have acted on it.
    bool sent_all() const noexcept { return sent_all_; }
    bool switched() const noexcept { return switched_; }
    /// The connection can serve another request.
    bool reusable() const noexcept { return reusable_; }
    std::string_view leftover() const noexcept { return {bytes_.get() + begin_, end_ - begin_}; }

private:
    boost::asio::awaitable<void> send();
    boost::asio::awaitable<void> send_stream();
    boost::asio::awaitable<void> send_pieces(BodySource& source, std::optional<std::uint64_t> size);
    boost::asio::awaitable<void> send_and_read_head();
    boost::asio::awaitable<void> read_head();
    boost::asio::awaitable<bool> fill();
    boost::asio::awaitable<Response> read_body(BodySink* sink);
    boost::asio::awaitable<void> take(std::string_view piece, BodySink* sink);

    Stream& stream_;
    const Request& request_;
    HeadOptions options_;
    Deadline until_;
    std::size_t capacity_;
    std::unique_ptr<char[]> bytes_; // received and not yet parsed: [begin_, end_)
    std::size_t begin_ = 0, end_ = 0;
    std::unique_ptr<ReplyParser> parser_;
    bool answered_ = false, switched_ = false, reusable_ = false, sent_all_ = false;
};

} // namespace ysnp::net
