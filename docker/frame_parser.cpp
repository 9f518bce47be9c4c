#include "docker/frame_parser.h"
#include "docker/engine_error.h"
#include <algorithm>
#include <cstring>

namespace ysnp::docker {

namespace {

[[noreturn]] void broken(std::string message) { throw protocol_error("attach", std::move(message)); }

} // namespace

void FrameParser::begin_frame()
{
    if (header_[0] != 1 && header_[0] != 2)
        broken("a frame of stream " + std::to_string(header_[0]) + ", expected 1 (stdout) or 2 (stderr)");
    if (header_[1] != 0 || header_[2] != 0 || header_[3] != 0) broken("a frame header whose padding is not zero");
    left_ = static_cast<std::uint32_t>(header_[4]) << 24 | static_cast<std::uint32_t>(header_[5]) << 16 |
            static_cast<std::uint32_t>(header_[6]) << 8 | header_[7];
    if (left_ > longest_frame)
        broken("a frame of " + std::to_string(left_) + " bytes, at most " + std::to_string(longest_frame) +
               " expected");
    stream_ = static_cast<OutputStream>(header_[0]);
    header_size_ = 0;
}

std::optional<Piece> FrameParser::next(std::string_view& bytes)
{
    while (left_ == 0) {
        if (bytes.empty()) return std::nullopt;
        const std::size_t taken = std::min(sizeof header_ - header_size_, bytes.size());
        std::memcpy(header_ + header_size_, bytes.data(), taken);
        header_size_ += taken;
        bytes.remove_prefix(taken);
        if (header_size_ == sizeof header_) begin_frame();
    }
    if (bytes.empty()) return std::nullopt;
    const std::size_t taken = std::min<std::size_t>(left_, bytes.size());
    const Piece piece{stream_, bytes.substr(0, taken)};
    bytes.remove_prefix(taken);
    left_ -= static_cast<std::uint32_t>(taken);
    return piece;
}

} // namespace ysnp::docker
