#pragma once
#include <string>
#include <system_error>

namespace ysnp::pipeline {

/// Where something stands. Lines and columns count from 1; 0 means the file as a whole.
struct Place {
    std::string file;
    int line = 0;
    int column = 0;
    std::string to_string() const; ///< ".gitlab-ci.yml:12:3"
};

/// A pipeline file that cannot be used. Maps to Failure::invalid, beyond a bound to Failure::too_large.
class PipelineError : public std::system_error {
public:
    enum class Kind { invalid, too_large };
    PipelineError(Place place, std::string text, Kind kind = Kind::invalid);
    const Place& place() const noexcept { return place_; }
    /// `.gitlab-ci.yml:12:3: job "build": script: expected …, found …`
    const std::string& message() const noexcept { return message_; }

private:
    Place place_;
    std::string message_;
};

} // namespace ysnp::pipeline
