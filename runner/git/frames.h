#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::git {

/// The pipe between runner and git worker, both ways: one byte of type, four of length (big endian), the payload.
enum class FrameType : char {
    request = 'Q',  ///< to the worker: the request's JSON
    token = 'K',    ///< to the worker: the job token's bytes, right after the request
    progress = 'P', ///< to the runner: one byte of ProgressKind, then the line
    tar = 'T',      ///< to the runner: bytes of the archive
    result = 'R',   ///< to the runner: the result's JSON, the last frame
};

inline constexpr std::size_t frame_header_size = 5;
inline constexpr std::size_t most_tar_bytes = 256u << 10;

struct FrameHeader {
    FrameType type{};
    std::uint32_t size = 0;
};

std::array<char, frame_header_size> encode_header(FrameHeader header) noexcept;
/// Throws (Failure::protocol) for an unknown type and for a size beyond the bound of its type.
FrameHeader decode_header(const char* bytes);

/// Blocking, whole frame. Throw system_error: EPIPE when the other side is gone, (Failure::protocol) for anything but
/// the `expected` type, (Failure::transient) for the end of the pipe.
void write_frame(int fd, FrameType type, std::string_view payload);
std::string read_frame(int fd, FrameType expected);

} // namespace ysnp::git
