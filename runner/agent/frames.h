#pragma once
#include "runner/agent/protocol.h"
#include <cstdint>
#include <string>
#include <string_view>

namespace ysnp::agent {

/// What the bytes of a container turn out to be.
struct Item {
    enum class Kind {
        none,   ///< more bytes are needed
        frame,  ///< a whole frame of the agent, keyed and in order
        output, ///< a piece of the job's output, in order
        stray,  ///< bytes that no frame covers: somebody wrote to PID 1's output
    };
    Kind kind = Kind::none;
    wire::Header header;
    std::string_view bytes; ///< a frame's payload, or the bytes; valid until the next feed()
};

/// Takes the agent's stream apart. Bytes that the key did not make are never control: they come out as stray, whatever
/// they look like, and a frame sent again is stray too. Holds at most one control frame.
class FrameReader {
public:
    enum class From {
        beginning, ///< the first frame has sequence 1, output starts at 0
        anywhere,  ///< a connection that takes over: nothing counts before the frame `resumed`
    };
    /// `key`: 16 bytes, those for frames from the agent. `received`: where output goes on after `resumed`.
    FrameReader(std::string_view key, From from, std::uint64_t received = 0);

    /// Adds bytes, which must stay valid until next() says none.
    void feed(std::string_view bytes);
    /// Throws system_error (Failure::protocol) when a frame or output is missing.
    Item next();
    /// Where output goes on.
    std::uint64_t received() const noexcept { return received_; }
    /// What waits for more bytes: at the end of the stream, a cut frame.
    std::string_view rest() const noexcept { return held_; }

private:
    Item output();
    Item stray(std::size_t size);
    bool next_header(wire::Header& header);
    bool in_order(const wire::Header& header) const;
    Item accept(const wire::Header& header);
    void hold();
    std::size_t stray_bytes() const;

    wire::SipHash key_;
    bool synchronized_;
    std::uint64_t sequence_ = 0, received_ = 0, output_left_ = 0;
    bool discard_ = false; // output of before `resumed`
    std::string current_, held_;
    std::string_view view_;
};

/// Makes the frames for the agent.
class FrameWriter {
public:
    /// `key`: 16 bytes, those for frames to the agent. `sequence`: of the frame before the first.
    explicit FrameWriter(std::string_view key, std::uint64_t sequence = 0);
    void add(std::string& to, wire::Type type, std::uint32_t operation, std::uint64_t offset, std::string_view payload);

private:
    wire::SipHash key_;
    std::uint64_t sequence_;
};

/// Builds a payload.
class PayloadWriter {
public:
    PayloadWriter& u32(std::uint64_t value) { return number(value, 4); }
    PayloadWriter& text(std::string_view value);
    PayloadWriter& raw(std::string_view value) { return bytes_ += value, *this; }
    const std::string& bytes() const noexcept { return bytes_; }

private:
    PayloadWriter& number(std::uint64_t value, std::size_t size);
    std::string bytes_;
};

/// Takes a payload apart; throws system_error (Failure::protocol) where it is shorter than it claims.
class PayloadReader {
public:
    explicit PayloadReader(std::string_view payload) : left_(payload) {}
    std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() { return number(8); }
    std::string text() { return std::string(take(u32())); }

private:
    std::uint64_t number(std::size_t size);
    std::string_view take(std::size_t size);
    std::string_view left_;
};

} // namespace ysnp::agent
