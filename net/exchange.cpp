#include "net/exchange.h"
#include "net/body_decoder.h"
#include "net/failure.h"
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace ysnp::net {

namespace asio = boost::asio;

namespace {

constexpr std::size_t buffer_size = 64u << 10;
constexpr std::size_t small_body = 16u << 10; // goes out in one piece with the head
constexpr int max_interim_replies = 10;

/// Wipes the request's head, whatever happens: it holds credentials.
struct WipedHead {
    std::string text;
    ~WipedHead() { wipe(text); }
};

std::string_view body_of(const Request& request)
{
    return request.secret_body != nullptr ? request.secret_body->reveal() : std::string_view(request.body);
}

bool has_body(const Request& request)
{
    const auto& method = request.method;
    return request.stream || !body_of(request).empty() || method == "POST" || method == "PUT" || method == "PATCH";
}

bool is_success(unsigned status) { return status >= 200 && status < 300; }

} // namespace

Exchange::Exchange(Stream& stream, const Request& request, HeadOptions options, Deadline until)
    : stream_(stream), request_(request), options_(std::move(options)), until_(until),
      capacity_(std::max(buffer_size, request.max_header)), bytes_(std::make_unique_for_overwrite<char[]>(capacity_))
{
}

asio::awaitable<void> Exchange::send()
{
    if (request_.stream) {
        co_await send_stream();
        co_return;
    }
    const std::string_view body = body_of(request_);
    WipedHead head{request_head(request_, options_, {has_body(request_), body.size()})};
    if (body.size() > small_body) {
        const std::array<std::string_view, 2> pieces{head.text, body};
        co_await stream_.write(pieces, until_);
        co_return;
    }
    std::string whole;
    whole.reserve(head.text.size() + body.size());
    whole.append(head.text).append(body);
    WipedHead wiped{std::move(whole)};
    const std::array<std::string_view, 1> pieces{wiped.text};
    co_await stream_.write(pieces, until_);
}

asio::awaitable<void> Exchange::send_stream()
{
    const std::unique_ptr<BodySource> source = request_.stream();
    const auto size = source->size();
    WipedHead head{request_head(request_, options_, {true, size})};
    const std::array<std::string_view, 1> pieces{head.text};
    co_await stream_.write(pieces, until_);
    co_await send_pieces(*source, size);
}

asio::awaitable<void> Exchange::send_pieces(BodySource& source, std::optional<std::uint64_t> size)
{
    std::uint64_t sent = 0;
    for (;;) {
        const std::string_view piece = co_await source.next();
        if (piece.empty()) break;
        sent += piece.size();
        if (size && sent > *size)
            throw std::system_error(make_error_code(Error::invalid_value), "body longer than said");
        std::array<char, 24> line{};
        const int length = std::snprintf(line.data(), line.size(), "%zx\r\n", piece.size());
        const std::array<std::string_view, 3> chunk{std::string_view(line.data(), static_cast<std::size_t>(length)),
                                                    piece, "\r\n"};
        const std::span<const std::string_view> all(chunk);
        co_await stream_.write(size ? all.subspan(1, 1) : all, until_);
    }
    if (size && sent != *size) throw std::system_error(make_error_code(Error::invalid_value), "body shorter than said");
    const std::array<std::string_view, 1> last{"0\r\n\r\n"};
    if (!size) co_await stream_.write(last, until_);
}

/// A server may refuse a body half-way and close: what it said is worth more than our broken pipe.
asio::awaitable<void> Exchange::send_and_read_head()
{
    std::exception_ptr broken;
    try {
        co_await send();
        sent_all_ = true;
    } catch (const std::system_error& e) {
        if (e.code() != std::errc::broken_pipe && e.code() != std::errc::connection_reset) throw;
        broken = std::current_exception();
    }
    try {
        co_await read_head();
    } catch (...) {
        if (broken) std::rethrow_exception(broken);
        throw;
    }
}

/// Reads more bytes; false at the end of the stream.
asio::awaitable<bool> Exchange::fill()
{
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == capacity_ && begin_ > 0) {
        std::memmove(bytes_.get(), bytes_.get() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }
    if (end_ == capacity_) throw std::system_error(make_error_code(Error::header_too_large));
    const std::size_t size = co_await stream_.read_some({bytes_.get() + end_, capacity_ - end_}, until_);
    end_ += size;
    answered_ = answered_ || size > 0;
    co_return size > 0;
}

/// Reads the head of the final reply: interim ones (100 Continue, 103) are dropped, 101 is final.
asio::awaitable<void> Exchange::read_head()
{
    const auto expected = request_.method == "HEAD" ? ReplyBody::none : ReplyBody::as_declared;
    for (int replies = 0; replies < max_interim_replies; ++replies) {
        parser_ = std::make_unique<ReplyParser>(request_.max_header, expected);
        while (!parser_->head_done()) {
            begin_ += parser_->put(leftover());
            if (parser_->head_done()) break;
            const bool more = co_await fill();
            if (!more) parser_->put_end();
        }
        const unsigned status = parser_->head().status;
        if (status / 100 != 1 || status == 101) co_return;
    }
    throw std::system_error(make_error_code(Error::malformed_reply), "too many interim replies");
}

asio::awaitable<void> Exchange::take(std::string_view piece, BodySink* sink)
{
    if (sink) {
        co_await sink->write(piece);
        co_return;
    }
    std::string& body = parser_->head().body;
    if (piece.size() > request_.max_body - body.size())
        throw std::system_error(make_error_code(Error::body_too_large),
                                "more than " + std::to_string(request_.max_body) + " bytes");
    body.append(piece);
}

asio::awaitable<Response> Exchange::read_body(BodySink* sink)
{
    if (sink && !is_success(parser_->head().status)) sink = nullptr;
    if (sink) sink->begin(parser_->head().status);
    const auto length = parser_->content_length();
    if (!sink && !parser_->done() && length && *length > request_.max_body)
        throw std::system_error(make_error_code(Error::body_too_large), std::to_string(*length) + " bytes announced, " +
                                                                            std::to_string(request_.max_body) +
                                                                            " allowed");
    BodyDecoder decoder(parser_->head().header("Content-Encoding"));
    while (!parser_->done()) {
        const std::size_t used = parser_->put(leftover());
        begin_ += used;
        for (auto rest = parser_->body(); !rest.empty() || decoder.has_more();) {
            const std::string_view piece = decoder.put(rest);
            if (!piece.empty()) co_await take(piece, sink);
        }
        if (parser_->done() || (used > 0 && begin_ < end_)) continue;
        const bool more = co_await fill();
        if (!more) parser_->put_end();
    }
    decoder.finish();
    reusable_ = sent_all_ && parser_->keep_alive() && begin_ == end_;
    co_return std::move(parser_->head());
}

asio::awaitable<Response> Exchange::run(BodySink* sink)
{
    co_await send_and_read_head();
    if (parser_->head().status == 101)
        throw std::system_error(make_error_code(Error::malformed_reply), "an upgrade that nobody asked for");
    co_return co_await read_body(sink);
}

asio::awaitable<Response> Exchange::run_upgrade()
{
    options_.upgrade = true;
    co_await send_and_read_head();
    const unsigned status = parser_->head().status;
    switched_ = status == 101 || status == 200;
    if (switched_) co_return std::move(parser_->head());
    co_return co_await read_body(nullptr);
}

} // namespace ysnp::net
