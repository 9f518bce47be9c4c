#pragma once
#include "runner/trace/stage.h"
#include <string>
#include <vector>

namespace ysnp::trace {

/// The end of a chain of stages: keeps what arrives.
struct Gather : Stage {
    void put(std::string_view bytes) override
    {
        text += bytes;
        pieces.emplace_back(bytes);
    }
    void end_write() override { ++writes; }
    void settle() override {}
    void close() override { ++closes; }

    std::string text;
    std::vector<std::string> pieces;
    int writes = 0, closes = 0;
};

/// Writes `text` in pieces of `size` bytes and closes the stream.
inline void feed(Stage& stage, std::string_view text, std::size_t size)
{
    for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) {
        stage.put(text.substr(0, size));
        stage.end_write();
    }
    stage.close();
}

} // namespace ysnp::trace
