#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::trace {

/// What the masker promises, the obvious way and on the whole text: mark every byte of every occurrence, then replace
/// each run of occurrences that overlap. A beginning of a secret of at least `cut` bytes at the very end counts too.
inline std::string naive_mask(std::string_view text, const std::vector<std::string>& secrets, std::size_t cut = 8)
{
    struct Span {
        std::size_t begin, end;
    };
    std::vector<Span> found;
    for (const auto& secret : secrets)
        for (auto at = text.find(secret); !secret.empty() && at != std::string_view::npos;
             at = text.find(secret, at + 1))
            found.push_back({at, at + secret.size()});
    std::size_t longest = 0;
    for (const auto& secret : secrets)
        for (std::size_t size = 1; size < secret.size(); ++size)
            if (text.ends_with(std::string_view(secret).substr(0, size))) longest = std::max(longest, size);
    if (longest >= cut) found.push_back({text.size() - longest, text.size()});
    std::sort(found.begin(), found.end(), [](const Span& a, const Span& b) { return a.begin < b.begin; });
    std::string result;
    std::size_t at = 0;
    for (std::size_t i = 0; i < found.size();) {
        Span run = found[i++];
        while (i < found.size() && found[i].begin < run.end) run.end = std::max(run.end, found[i++].end);
        result += text.substr(at, run.begin - at);
        result += "[MASKED]";
        at = run.end;
    }
    result += text.substr(at);
    return result;
}

} // namespace ysnp::trace
