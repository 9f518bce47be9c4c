#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace ysnp::docker {

enum class OutputStream : std::uint8_t { standard_output = 1, standard_error = 2 };

struct Piece {
    OutputStream stream = OutputStream::standard_output;
    std::string_view bytes;
};

/// Takes the Engine's multiplexed stream apart (API: attach, "Stream format"): [type 0 0 0 length32] payload. A frame
/// may be cut anywhere; a piece is what one read held of it, so nothing is copied.
class FrameParser {
public:
    static constexpr std::uint32_t longest_frame = 1u << 20;

    /// The next piece at the front of `bytes`, which is advanced past it; nothing when more bytes are needed.
    /// Throws EngineError (Failure::protocol) for a stream that does not exist or a frame over longest_frame.
    std::optional<Piece> next(std::string_view& bytes);
    /// Whether the stream may end here.
    bool at_boundary() const noexcept { return header_size_ == 0 && left_ == 0; }

private:
    void begin_frame();

    unsigned char header_[8] = {};
    std::size_t header_size_ = 0;
    std::uint32_t left_ = 0;
    OutputStream stream_ = OutputStream::standard_output;
};

} // namespace ysnp::docker
