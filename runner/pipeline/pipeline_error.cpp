#include "runner/pipeline/pipeline_error.h"
#include "net/failure.h"
#include <algorithm>

namespace ysnp::pipeline {
namespace {

// Names from the file are shown: nothing that steers a terminal may stay in them.
std::string printable(std::string text)
{
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
    if (text.size() > 1000) text = text.substr(0, 1000) + "…";
    return text;
}

} // namespace

std::string Place::to_string() const
{
    if (line == 0) return file;
    return file + ":" + std::to_string(line) + ":" + std::to_string(column);
}

PipelineError::PipelineError(Place place, std::string text, Kind kind)
    : std::system_error(make_error_code(kind == Kind::too_large ? Error::body_too_large : Error::invalid_value),
                        "pipeline file"),
      place_(std::move(place)), message_(printable(place_.to_string() + ": " + text))
{
}

} // namespace ysnp::pipeline
