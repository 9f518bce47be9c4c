#include "runner/trace/automaton.h"
#include <algorithm>
#include <bit>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/// The filter in front of the automaton: how it leaps over text in which no phrase can begin.
namespace ysnp::trace {

namespace {

constexpr std::size_t gram = 3;
constexpr std::size_t longest_head = 16;
constexpr std::size_t most_pairs = 8; // one bit each

#if defined(__x86_64__)
bool has_avx2() noexcept
{
    static const bool result = __builtin_cpu_supports("avx2");
    return result;
}

/// Bit i of a lane says that the byte there has the low nibble, and the high nibble, of the pair i's first (second)
/// byte: a table look-up by shuffle for each nibble, 32 positions at a time. Stops at a pair, or at the last few bytes.
__attribute__((target("avx2"))) std::size_t
skip_pairs_by_shuffle(std::string_view text, std::size_t from,
                      const std::array<std::array<std::uint8_t, 16>, 4>& nibbles) noexcept
{
    const auto table = [&](std::size_t i) __attribute__((target("avx2")))
    {
        return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(nibbles[i].data())));
    };
    const __m256i first_low = table(0), first_high = table(1), second_low = table(2), second_high = table(3);
    const __m256i low_nibble = _mm256_set1_epi8(0x0f), none = _mm256_setzero_si256();
    for (; from + 33 <= text.size(); from += 32) {
        const auto* const at = reinterpret_cast<const __m256i*>(text.data() + from);
        const auto* const next = reinterpret_cast<const __m256i*>(text.data() + from + 1);
        const __m256i first = _mm256_loadu_si256(at), second = _mm256_loadu_si256(next);
        const __m256i first_bits = _mm256_and_si256(
            _mm256_shuffle_epi8(first_low, _mm256_and_si256(first, low_nibble)),
            _mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(first, 4), low_nibble)));
        const __m256i second_bits = _mm256_and_si256(
            _mm256_shuffle_epi8(second_low, _mm256_and_si256(second, low_nibble)),
            _mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(second, 4), low_nibble)));
        const __m256i misses = _mm256_cmpeq_epi8(_mm256_and_si256(first_bits, second_bits), none);
        if (const auto hits = ~static_cast<unsigned>(_mm256_movemask_epi8(misses)))
            return from + static_cast<std::size_t>(std::countr_zero(hits));
    }
    return from;
}
#endif

} // namespace

std::uint32_t Automaton::slot(const char* at) const noexcept
{
    const auto byte = [at](int i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    return ((byte(0) | byte(1) << 8 | byte(2) << 16) * 0x9E3779B1u) >> slot_shift_;
}

void Automaton::choose_filter(std::span<const std::string_view> phrases)
{
    if (phrases.empty()) return;
    std::size_t shortest = longest_head;
    std::set<std::pair<char, char>> pairs;
    for (const auto phrase : phrases) {
        shortest = std::min(shortest, phrase.size());
        if (phrase.size() > 1) pairs.emplace(phrase[0], phrase[1]);
    }
    head_ = shortest;
    if (shortest < 6 && shortest > 1 && pairs.size() <= most_pairs) {
        fill_pairs(pairs);
        filter_ = Filter::pairs;
    } else if (shortest >= gram) {
        fill_grams(phrases);
        filter_ = Filter::grams;
    } else {
        filter_ = Filter::first_byte;
    }
}

void Automaton::fill_pairs(const std::set<std::pair<char, char>>& pairs)
{
    for (const auto& [first, second] : pairs) {
        const auto bit = static_cast<std::uint8_t>(1u << pairs_.size());
        pairs_.push_back({first, second});
        nibbles_[0][first & 0x0f] |= bit;
        nibbles_[1][(first >> 4) & 0x0f] |= bit;
        nibbles_[2][second & 0x0f] |= bit;
        nibbles_[3][(second >> 4) & 0x0f] |= bit;
    }
}

/// For every three bytes at offset i of a head: a window that ends with them may begin head - 3 - i bytes later.
void Automaton::fill_grams(std::span<const std::string_view> phrases)
{
    const std::size_t grams = phrases.size() * (head_ - gram + 1);
    const auto bits = std::clamp<unsigned>(static_cast<unsigned>(std::bit_width(grams * 16)), 12, 20);
    slot_shift_ = 32 - bits;
    leap_.assign(std::size_t{1} << bits, static_cast<std::uint8_t>(head_ - gram + 1));
    starts_.assign(std::size_t{1} << bits, 0);
    for (const auto phrase : phrases) {
        starts_[slot(phrase.data())] = 1;
        for (std::size_t i = 0; i + gram <= head_; ++i) {
            auto& leap = leap_[slot(phrase.data() + i)];
            leap = std::min(leap, static_cast<std::uint8_t>(head_ - gram - i));
        }
    }
}

std::size_t Automaton::skip(std::string_view text, std::size_t from) const noexcept
{
    switch (filter_) {
    case Filter::nothing:
        return text.size();
    case Filter::first_byte:
        return skip_bytes(text, from);
    case Filter::pairs:
        return skip_pairs(text, from);
    case Filter::grams:
        return skip_grams(text, from);
    }
    return from;
}

std::size_t Automaton::skip_bytes(std::string_view text, std::size_t from) const noexcept
{
    while (from < text.size() && from_root_[static_cast<unsigned char>(text[from])] == root) ++from;
    return from;
}

std::size_t Automaton::skip_pairs(std::string_view text, std::size_t from) const noexcept
{
#if defined(__x86_64__)
    if (has_avx2()) return skip_bytes(text, skip_pairs_by_shuffle(text, from, nibbles_));
#endif
    for (; from + 1 < text.size(); ++from)
        for (const auto& pair : pairs_)
            if (text[from] == pair.first && text[from + 1] == pair.second) return from;
    return skip_bytes(text, from);
}

/// Four windows at once where all of them can leap as far as possible: one alone would wait for its table each time.
std::size_t Automaton::leap_far(std::string_view text, std::size_t from) const noexcept
{
    const std::uint8_t* const leap = leap_.data();
    const auto far = static_cast<unsigned>(head_ - gram + 1);
    const auto short_of = [&](const char* window) { return leap[slot(window)] ^ far; };
    const char* at = text.data() + from + head_ - gram;
    for (; from + 3 * far + head_ <= text.size(); from += 4 * far, at += 4 * far)
        if ((short_of(at) | short_of(at + far) | short_of(at + 2 * far) | short_of(at + 3 * far)) != 0) break;
    return from;
}

std::size_t Automaton::skip_grams(std::string_view text, std::size_t from) const noexcept
{
    const std::size_t last = head_ - gram; // offset in the window of its last gram
    for (from = leap_far(text, from); from + head_ <= text.size();) {
        const std::uint8_t by = leap_[slot(text.data() + from + last)];
        if (by == 0 && starts_[slot(text.data() + from)]) return from;
        from += by != 0 ? by : 1;
        if (by == last + 1) from = leap_far(text, from);
    }
    return skip_bytes(text, from);
}

} // namespace ysnp::trace
