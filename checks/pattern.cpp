#include "checks/pattern.h"

namespace ysnp::checks {

bool matches(std::string_view pattern, std::string_view text) noexcept
{
    // Back-tracks to the last `*` first, then to the last `**`: bounded by the product of the two lengths.
    struct Retry {
        std::size_t pattern = std::string_view::npos, text = 0;
    } star, stars;
    std::size_t p = 0, t = 0;
    while (t < text.size() || p < pattern.size()) {
        if (pattern.substr(p).starts_with("**")) {
            p += 2;
            stars = {p, t};
            star = {};
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = {++p, t};
        } else if (p < pattern.size() && t < text.size() && pattern[p] == text[t]) {
            ++p, ++t;
        } else if (star.pattern != std::string_view::npos && star.text < text.size() && text[star.text] != '/') {
            p = star.pattern;
            t = ++star.text;
        } else if (stars.pattern != std::string_view::npos && stars.text < text.size()) {
            p = stars.pattern;
            t = ++stars.text;
            star = {};
        } else {
            return false;
        }
    }
    return true;
}

} // namespace ysnp::checks
