#include "runner/trace/terminal_text.h"
#include <algorithm>
#include <cctype>
#include <cstdio>
#include <utility>

namespace ysnp::trace {
namespace {

constexpr std::size_t longest_colour = 32; // ESC [ 38;2;255;255;255;48;2;… m is shorter

std::string escaped(std::string_view bytes)
{
    std::string text;
    for (const char byte : bytes) {
        char shown[8];
        const auto value = static_cast<unsigned char>(byte);
        std::snprintf(shown, sizeof shown, "\\x%02x", value);
        if (value < 0x20 || value >= 0x7f)
            text += shown;
        else
            text += byte;
    }
    return text;
}

bool continues_colour(std::string_view sequence)
{
    if (sequence.size() == 2) return sequence[1] == '[';
    return std::ranges::all_of(sequence.substr(2), [](unsigned char c) { return std::isdigit(c) || c == ';'; });
}

/// ESC [ … m, and ESC [ 0 K with which lines of a runner begin.
bool is_colour(std::string_view sequence)
{
    if (sequence == "\x1b[0K" || sequence == "\x1b[K") return true;
    return sequence.size() > 2 && sequence.back() == 'm' && continues_colour(sequence.substr(0, sequence.size() - 1));
}

} // namespace

void TerminalText::put_plain(char byte, std::string& out)
{
    const auto value = static_cast<unsigned char>(byte);
    if (byte == '\x1b' || byte == '\r' || value == 0xc2)
        held_ = byte;
    else if ((value < 0x20 && byte != '\n' && byte != '\t') || value == 0x7f)
        out += escaped({&byte, 1});
    else
        out += byte;
}

/// Whether the byte belongs to what is held; else that is settled, and the byte is still to be put.
bool TerminalText::held(char byte, std::string& out)
{
    const std::string before = std::exchange(held_, {});
    if (before == "\r") {
        out += '\n';
        return byte == '\n';
    }
    if (before == "\xc2") {
        const auto value = static_cast<unsigned char>(byte);
        const bool control = value >= 0x80 && value < 0xa0; // C1: what ESC and a letter mean, in one
        if (value >= 0x80 && value < 0xc0)
            out += control ? escaped(before + byte) : before + byte;
        else
            out += before;
        return value >= 0x80 && value < 0xc0;
    }
    const std::string sequence = before + byte;
    if (is_colour(sequence)) {
        out += sequence;
        return true;
    }
    if (continues_colour(sequence) && sequence.size() < longest_colour) {
        held_ = sequence;
        return true;
    }
    out += escaped(before);
    return false;
}

void TerminalText::put(char byte, std::string& out)
{
    if (held_.empty() || !held(byte, out)) put_plain(byte, out);
}

std::string TerminalText::operator()(std::string_view bytes)
{
    std::string out;
    out.reserve(bytes.size());
    for (const char byte : bytes) put(byte, out);
    return out;
}

std::string TerminalText::finish()
{
    const std::string before = std::exchange(held_, {});
    if (before == "\r") return "\n";
    return before == "\xc2" ? before : escaped(before);
}

} // namespace ysnp::trace
