#pragma once
#include "docker/attached_stream.h"
#include "runner/agent/session.h"

namespace ysnp::job {

/// The attached container as the agent's session sees it. Both of the container's streams are one: the agent's frames
/// are keyed, everything else is output.
class AgentStream final : public agent::ByteStream {
public:
    explicit AgentStream(docker::AttachedStream stream) : stream_(std::move(stream)) {}

    boost::asio::awaitable<std::string_view> read(Deadline until) override
    {
        const docker::Piece piece = co_await stream_.read(until);
        co_return piece.bytes;
    }
    boost::asio::awaitable<void> write(std::string_view bytes, Deadline until) override
    {
        co_await stream_.write(bytes, until);
    }
    void close() noexcept override { stream_.close(); }

private:
    docker::AttachedStream stream_;
};

} // namespace ysnp::job
