#pragma once
#include "docker/frame_parser.h"
#include "net/http.h"
#include <memory>

namespace ysnp::docker {

/// A container's output and input over one hijacked connection (Engine API: attach). Read it always: a container whose
/// output nobody reads stops writing. Dropping it closes the connection; the container runs on.
class AttachedStream {
public:
    explicit AttachedStream(std::unique_ptr<net::RawStream> stream);

    /// The next piece of output; its bytes stay valid until the next call. `bytes` is empty at the end of the stream.
    /// Throws system_error: Failure::protocol for a broken or truncated frame, else as RawStream.
    boost::asio::awaitable<Piece> read(Deadline until);
    /// Standard input. Fails with Failure::transient when the process no longer reads, which need not be an error.
    boost::asio::awaitable<void> write(std::string_view bytes, Deadline until);
    /// The process reads the end of its input (only with Input::once); output goes on.
    void close_write();
    void close() noexcept;

private:
    std::unique_ptr<net::RawStream> stream_;
    std::unique_ptr<char[]> buffer_;
    std::string_view unread_;
    FrameParser parser_;
};

} // namespace ysnp::docker
