#include "docker/attached_stream.h"
#include "docker/engine_error.h"
#include "net/failure.h"

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

constexpr std::size_t buffer_size = 256u << 10; // several of the Engine's frames in one read

} // namespace

AttachedStream::AttachedStream(std::unique_ptr<net::RawStream> stream)
    : stream_(std::move(stream)), buffer_(std::make_unique_for_overwrite<char[]>(buffer_size))
{
}

asio::awaitable<Piece> AttachedStream::read(Deadline until)
{
    for (;;) {
        const auto piece = parser_.next(unread_);
        if (piece) co_return *piece;
        const std::size_t size = co_await stream_->read_some({buffer_.get(), buffer_size}, until);
        if (size == 0) break;
        unread_ = {buffer_.get(), size};
    }
    if (!parser_.at_boundary())
        throw EngineError(make_error_code(Error::malformed_reply), "attach", 0,
                          "the output ended in the middle of a frame", FailureReason::system);
    co_return Piece{};
}

asio::awaitable<void> AttachedStream::write(std::string_view bytes, Deadline until)
{
    co_await stream_->write(bytes, until);
}

void AttachedStream::close_write() { stream_->close_write(); }

void AttachedStream::close() noexcept { stream_->close(); }

} // namespace ysnp::docker
