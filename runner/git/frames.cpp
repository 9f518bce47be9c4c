#include "runner/git/frames.h"
#include "net/failure.h"
#include <cerrno>
#include <unistd.h>

namespace ysnp::git {
namespace {

std::size_t bound_of(char type)
{
    switch (static_cast<FrameType>(type)) {
    case FrameType::request:
        return 1u << 20;
    case FrameType::token:
        return 64u << 10;
    case FrameType::progress:
        return 8u << 10;
    case FrameType::tar:
        return most_tar_bytes;
    case FrameType::result:
        return 16u << 10;
    }
    throw std::system_error(make_error_code(Error::malformed_reply), "git worker's pipe: unknown type of frame");
}

void write_all(int fd, std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t wrote = ::write(fd, bytes.data(), bytes.size());
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) throw std::system_error(errno, std::generic_category(), "write to the git worker's pipe");
        bytes.remove_prefix(static_cast<std::size_t>(wrote));
    }
}

void read_all(int fd, char* into, std::size_t size)
{
    while (size > 0) {
        const ssize_t got = ::read(fd, into, size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) throw std::system_error(errno, std::generic_category(), "read from the git worker's pipe");
        if (got == 0)
            throw std::system_error(make_error_code(Error::unexpected_end), "read from the git worker's pipe");
        into += got;
        size -= static_cast<std::size_t>(got);
    }
}

} // namespace

std::array<char, frame_header_size> encode_header(FrameHeader header) noexcept
{
    return {static_cast<char>(header.type), static_cast<char>(header.size >> 24), static_cast<char>(header.size >> 16),
            static_cast<char>(header.size >> 8), static_cast<char>(header.size)};
}

FrameHeader decode_header(const char* bytes)
{
    const std::size_t bound = bound_of(bytes[0]);
    std::uint32_t size = 0;
    for (int i = 1; i < 5; ++i) size = size << 8 | static_cast<unsigned char>(bytes[i]);
    if (size > bound)
        throw std::system_error(make_error_code(Error::body_too_large), "git worker's pipe: a frame beyond its bound");
    return {static_cast<FrameType>(bytes[0]), size};
}

void write_frame(int fd, FrameType type, std::string_view payload)
{
    if (payload.size() > bound_of(static_cast<char>(type)))
        throw std::system_error(make_error_code(Error::body_too_large), "git worker's pipe: a frame beyond its bound");
    const auto header = encode_header({type, static_cast<std::uint32_t>(payload.size())});
    write_all(fd, std::string_view(header.data(), header.size()));
    write_all(fd, payload);
}

std::string read_frame(int fd, FrameType expected)
{
    std::array<char, frame_header_size> header{};
    read_all(fd, header.data(), header.size());
    const FrameHeader decoded = decode_header(header.data());
    if (decoded.type != expected)
        throw std::system_error(make_error_code(Error::malformed_reply), "git worker's pipe: a frame out of order");
    std::string payload(decoded.size, '\0');
    read_all(fd, payload.data(), payload.size());
    return payload;
}

} // namespace ysnp::git
