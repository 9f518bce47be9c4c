#include "net/reply_parser.h"
#include "net/failure.h"
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

namespace ysnp::net {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

struct ReplyParser::Impl final : http::basic_parser<false> {
    Response head;
    std::string_view body;

private:
    void on_request_impl(http::verb, string_view, string_view, int, error_code&) override {}

    void on_response_impl(int code, string_view, int, error_code& error) override
    {
        if (code < 100) error = http::error::bad_status; // RFC 9110 15
        head.status = static_cast<unsigned>(code);
    }

    void on_field_impl(http::field, string_view name, string_view value, error_code&) override
    {
        if (is_header_done()) return; // a trailer: never merged into the header (RFC 9110 6.5.1)
        head.headers.push_back({std::string(name), std::string(value)});
    }

    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}

    std::size_t on_body_impl(string_view piece, error_code&) override
    {
        body = {piece.data(), piece.size()};
        return piece.size();
    }

    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override
    {
        body = {piece.data(), piece.size()};
        return piece.size();
    }

    void on_finish_impl(error_code&) override {}
};

namespace {

[[noreturn]] void fail(const error_code& code)
{
    if (code == http::error::header_limit || code == http::error::buffer_overflow)
        throw std::system_error(make_error_code(Error::header_too_large));
    if (code == http::error::partial_message || code == http::error::end_of_stream)
        throw std::system_error(make_error_code(Error::unexpected_end));
    throw std::system_error(make_error_code(Error::malformed_reply), code.message());
}

} // namespace

ReplyParser::ReplyParser(std::size_t max_header, ReplyBody expected) : impl_(std::make_unique<Impl>())
{
    impl_->header_limit(static_cast<std::uint32_t>(max_header));
    impl_->body_limit(boost::none); // bounded by whoever takes the body
    impl_->skip(expected == ReplyBody::none);
}

ReplyParser::~ReplyParser() = default;

std::size_t ReplyParser::put(std::string_view bytes)
{
    impl_->body = {};
    error_code code;
    const std::size_t used = impl_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), code);
    if (code == http::error::need_more) return used;
    if (code) fail(code);
    return used;
}

std::string_view ReplyParser::body() const noexcept { return impl_->body; }

void ReplyParser::put_end()
{
    if (!impl_->got_some()) throw std::system_error(make_error_code(Error::unexpected_end));
    error_code code;
    impl_->put_eof(code);
    if (code) fail(code);
}

bool ReplyParser::head_done() const noexcept { return impl_->is_header_done(); }
bool ReplyParser::done() const noexcept { return impl_->is_done(); }
bool ReplyParser::keep_alive() const { return impl_->keep_alive(); }

std::optional<std::uint64_t> ReplyParser::content_length() const
{
    const auto length = impl_->content_length();
    if (!length) return std::nullopt;
    return *length;
}

Response& ReplyParser::head() noexcept { return impl_->head; }

} // namespace ysnp::net
