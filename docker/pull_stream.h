#pragma once
#include "docker/engine.h"
#include <string>
#include <string_view>

namespace ysnp::docker {

/// Reads the progress of a pull: JSON objects, one a line, cut anywhere. Broken and over-long lines are skipped: what
/// counts is the error, the digest and the confirmation at the end.
class PullStream {
public:
    static constexpr std::size_t longest_line = 1u << 20;

    explicit PullStream(std::function<void(const PullProgress&)> progress) : progress_(std::move(progress)) {}

    void feed(std::string_view bytes);
    void finish() { end_line(); }

    const PullResult& result() const noexcept { return result_; }
    const std::string& error() const noexcept { return error_; } ///< empty: none was reported

private:
    void end_line();
    void read(std::string_view line);

    std::function<void(const PullProgress&)> progress_;
    std::string line_;
    bool skipping_ = false;
    PullResult result_;
    std::string error_;
};

} // namespace ysnp::docker
