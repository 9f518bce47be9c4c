#include "runner/trace/crc32.h"
#include <array>
#include <cstddef>
#include <cstdio>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace ysnp::trace {

namespace {

constexpr std::uint32_t polynomial = 0xEDB88320u; // IEEE 802.3, bit-reflected
constexpr std::size_t slices = 8;

using Table = std::array<std::array<std::uint32_t, 256>, slices>;

constexpr Table make_table()
{
    Table table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? polynomial : 0);
        table[0][byte] = crc;
    }
    for (std::size_t slice = 1; slice < slices; ++slice)
        for (std::size_t byte = 0; byte < 256; ++byte)
            table[slice][byte] = (table[slice - 1][byte] >> 8) ^ table[0][table[slice - 1][byte] & 0xff];
    return table;
}

constexpr Table table = make_table();

/// Eight bytes at a time through eight tables.
std::uint32_t by_tables(std::uint32_t crc, const char* bytes, std::size_t size) noexcept
{
    const auto* at = reinterpret_cast<const unsigned char*>(bytes);
    for (; size >= 8; size -= 8, at += 8) {
        crc ^= at[0] | static_cast<std::uint32_t>(at[1]) << 8 | static_cast<std::uint32_t>(at[2]) << 16 |
               static_cast<std::uint32_t>(at[3]) << 24;
        crc = table[7][crc & 0xff] ^ table[6][(crc >> 8) & 0xff] ^ table[5][(crc >> 16) & 0xff] ^ table[4][crc >> 24] ^
              table[3][at[4]] ^ table[2][at[5]] ^ table[1][at[6]] ^ table[0][at[7]];
    }
    for (; size > 0; --size, ++at) crc = (crc >> 8) ^ table[0][(crc ^ *at) & 0xff];
    return crc;
}

#if defined(__x86_64__)
#define YSNP_CARRYLESS __attribute__((target("pclmul,sse4.1")))

/// x^n mod P for the distance between what is folded and where it is folded to, bit-reflected and shifted by one, as in
/// Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ", Intel 2009.
struct Distances {
    static constexpr long long far_low = 0x0154442bd4, far_high = 0x01c6e41596;   // 512 bits
    static constexpr long long near_low = 0x01751997d0, near_high = 0x00ccaa009e; // 128 bits
    static constexpr long long to_64 = 0x0163cd6124;
    static constexpr long long barrett_polynomial = 0x01db710641, barrett_quotient = 0x01f7011641;
};

YSNP_CARRYLESS __m128i fold(__m128i from, __m128i to, __m128i distance) noexcept
{
    const __m128i low = _mm_clmulepi64_si128(from, distance, 0x00);
    const __m128i high = _mm_clmulepi64_si128(from, distance, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), to);
}

YSNP_CARRYLESS std::uint32_t reduce(__m128i remainder) noexcept
{
    const __m128i low_32 = _mm_setr_epi32(-1, 0, -1, 0);
    const __m128i near = _mm_set_epi64x(Distances::near_high, Distances::near_low);
    __m128i x = _mm_xor_si128(_mm_srli_si128(remainder, 8), _mm_clmulepi64_si128(remainder, near, 0x10)); // to 96 bits
    const __m128i to_64 = _mm_set_epi64x(0, Distances::to_64);
    x = _mm_xor_si128(_mm_srli_si128(x, 4), _mm_clmulepi64_si128(_mm_and_si128(x, low_32), to_64, 0x00));
    const __m128i barrett = _mm_set_epi64x(Distances::barrett_quotient, Distances::barrett_polynomial);
    __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(x, low_32), barrett, 0x10);
    quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_32), barrett, 0x00);
    return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(x, quotient), 1));
}

/// Folds 64 bytes at a time; takes at least 64 and leaves fewer than 16 for the tables.
YSNP_CARRYLESS std::uint32_t by_folding(std::uint32_t crc, const char*& bytes, std::size_t& size) noexcept
{
    const auto load = [&](std::size_t i)
                          YSNP_CARRYLESS { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i); };
    __m128i lane[4] = {_mm_xor_si128(load(0), _mm_cvtsi32_si128(static_cast<int>(crc))), load(1), load(2), load(3)};
    const __m128i far = _mm_set_epi64x(Distances::far_high, Distances::far_low);
    for (bytes += 64, size -= 64; size >= 64; bytes += 64, size -= 64)
        for (std::size_t i = 0; i < 4; ++i) lane[i] = fold(lane[i], load(i), far);
    const __m128i near = _mm_set_epi64x(Distances::near_high, Distances::near_low);
    __m128i all = fold(fold(fold(lane[0], lane[1], near), lane[2], near), lane[3], near);
    for (; size >= 16; bytes += 16, size -= 16) all = fold(all, load(0), near);
    return reduce(all);
}
#undef YSNP_CARRYLESS

bool can_fold() noexcept
{
    static const bool result = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
    return result;
}
#endif

} // namespace

void Crc32::update(std::string_view bytes) noexcept
{
    const char* at = bytes.data();
    std::size_t size = bytes.size();
#if defined(__x86_64__)
    if (size >= 64 && can_fold()) register_ = by_folding(register_, at, size);
#endif
    register_ = by_tables(register_, at, size);
}

std::string Crc32::to_string() const
{
    std::array<char, 16> text{};
    const int size = std::snprintf(text.data(), text.size(), "crc32:%08x", value());
    return {text.data(), static_cast<std::size_t>(size)};
}

} // namespace ysnp::trace
