#pragma once
#include "docker/engine.h"
#include "docker/json_lines.h"
#include <string>
#include <string_view>

namespace ysnp::docker {

/// Reads the progress of a pull: JSON objects, one a line, cut anywhere. Broken and over-long lines are skipped: what
/// counts is the error, the digest and the confirmation at the end.
class PullStream {
public:
    explicit PullStream(std::function<void(const PullProgress&)> progress)
        : progress_(std::move(progress)), lines_([this](std::string_view line) { read(line); })
    {
    }
    PullStream(const PullStream&) = delete;
    PullStream& operator=(const PullStream&) = delete;

    void feed(std::string_view bytes) { lines_.feed(bytes); }
    void finish() { lines_.finish(); }

    const PullResult& result() const noexcept { return result_; }
    const std::string& error() const noexcept { return error_; } ///< empty: none was reported

private:
    void read(std::string_view line);

    std::function<void(const PullProgress&)> progress_;
    JsonLines lines_;
    PullResult result_;
    std::string error_;
};

} // namespace ysnp::docker
