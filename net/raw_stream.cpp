#include "net/raw_stream.h"
#include <algorithm>
#include <array>
#include <string>

namespace ysnp::net {

namespace asio = boost::asio;

namespace {

class Raw final : public RawStream {
public:
    Raw(std::unique_ptr<Stream> stream, std::string_view leftover) : stream_(std::move(stream)), leftover_(leftover) {}

    asio::awaitable<std::size_t> read_some(std::span<char> into, Deadline until) override
    {
        if (taken_ == leftover_.size()) return stream_->read_some(into, until);
        return from_leftover(into);
    }

    asio::awaitable<void> write(std::string_view bytes, Deadline until) override
    {
        const std::array<std::string_view, 1> pieces{bytes};
        co_await stream_->write(pieces, until);
    }

    void close_write() override { stream_->close_write(); }
    void close() noexcept override { stream_->close(); }

private:
    asio::awaitable<std::size_t> from_leftover(std::span<char> into)
    {
        const std::size_t size = std::min(into.size(), leftover_.size() - taken_);
        std::copy_n(leftover_.data() + taken_, size, into.data());
        taken_ += size;
        if (taken_ == leftover_.size()) leftover_ = std::string(), taken_ = 0;
        co_return size;
    }

    std::unique_ptr<Stream> stream_;
    std::string leftover_;
    std::size_t taken_ = 0;
};

} // namespace

std::unique_ptr<RawStream> raw_stream(std::unique_ptr<Stream> stream, std::string_view leftover)
{
    return std::make_unique<Raw>(std::move(stream), leftover);
}

} // namespace ysnp::net
