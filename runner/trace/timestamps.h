#pragma once
#include "runner/trace/stage.h"
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace ysnp::trace {

using WallClock = std::function<std::chrono::system_clock::time_point()>;

/// Which stream of the trace an entry belongs to.
struct StreamId {
    std::uint8_t number = 0; // 0x00 runner, 0x01 job, 0x0f and above services
    char type = 'O';         // 'O' output, 'E' error output
};

/// Puts GitLab's entry header before each line (FF_TIMESTAMPS): `2026-01-31T09:08:07.123456Z 01O `, the time being that
/// of the line's first byte, in UTC. A write with a carriage return and no newline becomes an entry of its own (a
/// newline is added, and the next entry is marked `+`), as does a line at 8 KiB. Other unfinished lines wait for their
/// newline or the end of the stream. Takes valid UTF-8 whose characters are whole in each put().
class Timestamps : public Stage {
public:
    static constexpr std::size_t longest_entry = 8192;

    Timestamps(StreamId stream, WallClock clock, Stage& next); // next must outlive it
    void put(std::string_view bytes) override;
    void end_write() override;
    void settle() override;
    void close() override;

private:
    enum class End { newline, none };
    const std::string& header();
    void hold(std::string_view bytes);
    void entry(std::string_view rest, End end);
    void hand_on();

    StreamId stream_;
    WallClock clock_;
    Stage& next_;
    std::string header_;           // of the current write; empty until needed
    std::string held_header_;      // of the held line
    std::string entries_;          // of the current write, complete
    std::string line_;             // begun, without its end
    bool carriage_return_ = false; // came in this write, after the last newline
    bool continues_ = false;
};

} // namespace ysnp::trace
