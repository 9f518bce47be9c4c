#include "docker/json_lines.h"

namespace ysnp::docker {

void JsonLines::feed(std::string_view bytes)
{
    for (;;) {
        const auto end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end);
        if (line_.size() + part.size() > longest_line) skipping_ = true;
        if (!skipping_) line_ += part;
        if (end == std::string_view::npos) return;
        end_line();
        bytes.remove_prefix(end + 1);
    }
}

void JsonLines::end_line()
{
    if (skipping_) ++skipped_;
    if (!skipping_ && !line_.empty()) take_(line_);
    line_.clear();
    skipping_ = false;
}

} // namespace ysnp::docker
