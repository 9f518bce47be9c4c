#include "runner/trace/utf8.h"
#include <algorithm>
#include <cstdint>
#include <cstring>

namespace ysnp::trace {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// What a character's first byte says of it (Unicode 15, table 3-7).
struct Lead {
    std::uint8_t size = 0;                // 0: cannot begin a character
    std::uint8_t low = 0x80, high = 0xBF; // bounds of the second byte
};

Lead lead_of(unsigned char byte) noexcept
{
    if (byte < 0x80) return {1};
    if (byte < 0xC2) return {};
    if (byte < 0xE0) return {2};
    if (byte < 0xF0)
        return {3, static_cast<std::uint8_t>(byte == 0xE0 ? 0xA0 : 0x80),
                static_cast<std::uint8_t>(byte == 0xED ? 0x9F : 0xBF)};
    if (byte < 0xF5)
        return {4, static_cast<std::uint8_t>(byte == 0xF0 ? 0x90 : 0x80),
                static_cast<std::uint8_t>(byte == 0xF4 ? 0x8F : 0xBF)};
    return {};
}

enum class Character { whole, begun, bad };

/// Judges the character at the front of `bytes` (not empty); `size` becomes its length when it is whole.
Character judge(std::string_view bytes, std::size_t& size) noexcept
{
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const Lead lead = lead_of(at(0));
    if (lead.size == 0) return Character::bad;
    for (std::size_t i = 1; i < lead.size; ++i) {
        if (i == bytes.size()) return Character::begun;
        if (at(i) < (i == 1 ? lead.low : 0x80) || at(i) > (i == 1 ? lead.high : 0xBF)) return Character::bad;
    }
    size = lead.size;
    return Character::whole;
}

std::size_t ascii_prefix(std::string_view bytes, std::size_t from) noexcept
{
    constexpr std::uint64_t high_bits = 0x8080808080808080u;
    for (; from + 32 <= bytes.size(); from += 32) {
        std::uint64_t word[4];
        std::memcpy(word, bytes.data() + from, sizeof word);
        if (((word[0] | word[1] | word[2] | word[3]) & high_bits) != 0) break;
    }
    while (from < bytes.size() && static_cast<unsigned char>(bytes[from]) < 0x80) ++from;
    return from;
}

} // namespace

std::size_t valid_utf8(std::string_view bytes) noexcept
{
    for (std::size_t at = 0;;) {
        at = ascii_prefix(bytes, at);
        if (at == bytes.size()) return at;
        std::size_t size = 0;
        while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) >= 0x80) {
            if (judge(bytes.substr(at), size) != Character::whole) return at;
            at += size;
        }
    }
}

std::size_t utf8_boundary(std::string_view bytes, std::size_t size) noexcept
{
    if (size >= bytes.size()) return bytes.size();
    while (size > 0 && (static_cast<unsigned char>(bytes[size]) & 0xC0) == 0x80) --size;
    return size;
}

void Utf8Repair::put(std::string_view bytes)
{
    if (!begun_.empty()) complete(bytes);
    repair(bytes);
}

/// Joins the character begun in an earlier write with the bytes that follow.
void Utf8Repair::complete(std::string_view& bytes)
{
    while (!begun_.empty() && !bytes.empty()) {
        begun_ += bytes.front();
        bytes.remove_prefix(1);
        std::string joined;
        joined.swap(begun_);
        repair(joined); // whole or bad: handed on; begun still: back in begun_
    }
}

void Utf8Repair::repair(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto valid = valid_utf8(bytes);
        if (valid > 0) next_.put(bytes.substr(0, valid));
        bytes.remove_prefix(valid);
        std::size_t size = 0;
        if (bytes.empty()) return;
        if (judge(bytes, size) == Character::begun) {
            begun_ = bytes;
            return;
        }
        next_.put(replacement);
        bytes.remove_prefix(1);
    }
}

void Utf8Repair::end_write() { next_.end_write(); }

void Utf8Repair::settle()
{
    let_go();
    next_.settle();
}

void Utf8Repair::close()
{
    let_go();
    next_.close();
}

void Utf8Repair::let_go()
{
    for (std::size_t i = 0; i < begun_.size(); ++i) next_.put(replacement);
    begun_.clear();
}

} // namespace ysnp::trace
