#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace ysnp::docker {

/// Cuts a stream of JSON objects, one a line, cut anywhere. Over-long lines are skipped, empty ones passed over.
class JsonLines {
public:
    static constexpr std::size_t longest_line = 1u << 20;

    explicit JsonLines(std::function<void(std::string_view)> line) : take_(std::move(line)) {}

    void feed(std::string_view bytes);
    /// What came last ends without a line break.
    void finish() { end_line(); }
    std::size_t skipped() const noexcept { return skipped_; }

private:
    void end_line();

    std::function<void(std::string_view)> take_;
    std::string line_;
    bool skipping_ = false;
    std::size_t skipped_ = 0;
};

} // namespace ysnp::docker
