#include "test/double/request_parser.h"
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

namespace ysnp::test {

namespace http = boost::beast::http;
using boost::beast::string_view;
using boost::system::error_code;

struct RequestParser::Impl final : http::basic_parser<true> {
    Recorded head;
    std::string_view body;

private:
    void on_request_impl(http::verb, string_view method, string_view target, int, error_code&) override
    {
        head.method = std::string(method);
        head.target = std::string(target);
    }
    void on_response_impl(int, string_view, int, error_code&) override {}
    void on_field_impl(http::field, string_view name, string_view value, error_code&) override
    {
        head.headers.push_back({std::string(name), std::string(value)});
    }
    void on_header_impl(error_code&) override { head.chunked = chunked(); }
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

RequestParser::RequestParser() : impl_(std::make_unique<Impl>())
{
    impl_->header_limit(1u << 20);
    impl_->body_limit(boost::none);
}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::put(std::string_view bytes)
{
    impl_->body = {};
    error_code code;
    const std::size_t used = impl_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), code);
    if (code && code != http::error::need_more) throw boost::system::system_error(code);
    return used;
}

std::string_view RequestParser::body() const noexcept { return impl_->body; }
bool RequestParser::head_done() const noexcept { return impl_->is_header_done(); }
bool RequestParser::done() const noexcept { return impl_->is_done(); }
bool RequestParser::keep_alive() const { return impl_->keep_alive(); }
Recorded& RequestParser::head() noexcept { return impl_->head; }

} // namespace ysnp::test
