#include "runner/git/blocking_http.h"
#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cstring>
#include <optional>

namespace ysnp::git {

namespace asio = boost::asio;

namespace {

constexpr std::size_t most_buffered = 1u << 20;

void step(asio::io_context& context)
{
    if (context.stopped()) context.restart();
    context.run_one();
}

} // namespace

BlockingHttp::BlockingHttp(net::ClientOptions options) : client_(context_.get_executor(), std::move(options)) {}

net::Response BlockingHttp::get(net::Request request)
{
    std::exception_ptr failure;
    std::optional<net::Response> response;
    asio::co_spawn(context_, client_.send(std::move(request), never()),
                   [&](std::exception_ptr error, net::Response reply) {
                       failure = std::move(error);
                       response = std::move(reply);
                   });
    while (!response) step(context_);
    if (failure) std::rethrow_exception(failure);
    return std::move(*response);
}

Download::Download(BlockingHttp& http, net::Request request) : http_(http), drained_(http.context_.get_executor())
{
    asio::co_spawn(http_.context_, run(std::move(request)),
                   asio::bind_cancellation_slot(cancel_.slot(), [this](std::exception_ptr error) {
                       failure_ = std::move(error);
                       done_ = true;
                   }));
}

Download::~Download()
{
    cancel_.emit(asio::cancellation_type::all);
    while (!done_) step(http_.context_);
}

asio::awaitable<void> Download::run(net::Request request)
{
    net::BodySink& sink = *this;
    response_ = co_await http_.client_.send(std::move(request), sink, never());
}

asio::awaitable<void> Download::write(std::string_view bytes)
{
    buffer_.append(bytes);
    if (buffer_.size() - taken_ < most_buffered) co_return;
    drained_.reset();
    co_await drained_.wait(never());
}

std::size_t Download::read(std::span<char> into)
{
    while (taken_ == buffer_.size() && !done_) step(http_.context_);
    const std::size_t count = std::min(into.size(), buffer_.size() - taken_);
    std::memcpy(into.data(), buffer_.data() + taken_, count);
    taken_ += count;
    if (taken_ == buffer_.size()) {
        buffer_.clear();
        taken_ = 0;
        drained_.set();
    }
    if (count == 0 && failure_) std::rethrow_exception(failure_);
    return count;
}

} // namespace ysnp::git
