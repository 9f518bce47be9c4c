#include "runner/trace/url_mask.h"
#include "net/secret.h"
#include "runner/trace/masker.h"
#include <algorithm>
#include <array>
#include <bit>
#include <string_view>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace ysnp::trace {

namespace {

constexpr std::array<std::string_view, 6> parameters = {
    "private_token=",   "authenticity_token=", "rss_token=",
    "x-amz-signature=", "x-amz-credential=",   "x-amz-security-token="};

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool begins_parameter(std::string_view text) noexcept
{
    return std::any_of(parameters.begin(), parameters.end(), [&](auto name) { return name.starts_with(text); });
}

bool is_parameter(std::string_view text) noexcept
{
    return std::find(parameters.begin(), parameters.end(), text) != parameters.end();
}

bool ends_value(char c) noexcept { return c == '?' || c == '&' || static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

std::size_t find_separator(std::string_view bytes, std::size_t from) noexcept
{
#if defined(__SSE2__)
    const auto question = _mm_set1_epi8('?'), ampersand = _mm_set1_epi8('&');
    for (; from + 16 <= bytes.size(); from += 16) {
        const auto block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes.data() + from));
        const auto hits = _mm_or_si128(_mm_cmpeq_epi8(block, question), _mm_cmpeq_epi8(block, ampersand));
        if (const auto mask = static_cast<unsigned>(_mm_movemask_epi8(hits)))
            return from + static_cast<std::size_t>(std::countr_zero(mask));
    }
#endif
    while (from < bytes.size() && bytes[from] != '?' && bytes[from] != '&') ++from;
    return from;
}

} // namespace

void UrlMask::put(std::string_view bytes)
{
    for (std::size_t at = 0; at < bytes.size();) {
        switch (in_) {
        case In::text:
            at = read_text(bytes, at);
            break;
        case In::name:
            at = read_name(bytes, at);
            break;
        case In::value_start:
        case In::value:
            at = read_value(bytes, at);
            break;
        }
    }
}

/// Hands on everything before the next separator whose name may be one of ours. What stands right behind a separator
/// decides in most cases, so that prose full of them costs little.
std::size_t UrlMask::read_text(std::string_view bytes, std::size_t from)
{
    std::size_t at = find_separator(bytes, from);
    while (at + 1 < bytes.size()) {
        const char first = lower(bytes[at + 1]);
        if (first == 'p' || first == 'a' || first == 'r' || first == 'x') break;
        at = find_separator(bytes, at + 1);
    }
    next_.put(bytes.substr(from, at - from));
    if (at == bytes.size()) return at;
    name_ = bytes[at];
    in_ = In::name;
    return at + 1;
}

std::size_t UrlMask::read_name(std::string_view bytes, std::size_t from)
{
    std::string folded;
    for (const char c : std::string_view(name_).substr(1)) folded += lower(c);
    for (; from < bytes.size(); ++from) {
        folded += lower(bytes[from]);
        if (!begins_parameter(folded)) {
            release();
            return from; // the byte may be the next separator
        }
        name_ += bytes[from];
        if (is_parameter(folded)) {
            release();
            in_ = In::value_start;
            return from + 1;
        }
    }
    return from;
}

std::size_t UrlMask::read_value(std::string_view bytes, std::size_t from)
{
    if (in_ == In::value_start && !ends_value(bytes[from])) {
        next_.put(mask_text);
        in_ = In::value;
    }
    while (from < bytes.size() && !ends_value(bytes[from])) ++from;
    if (from < bytes.size()) in_ = In::text;
    return from;
}

void UrlMask::release()
{
    next_.put(name_);
    name_.clear();
    in_ = In::text;
}

void UrlMask::end_write() { next_.end_write(); }

void UrlMask::settle()
{
    release();
    next_.settle();
}

void UrlMask::close()
{
    release();
    next_.close();
}

} // namespace ysnp::trace
