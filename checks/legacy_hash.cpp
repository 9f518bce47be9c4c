#include "checks/legacy_hash.h"
#include "checks/digest.h"
#include "checks/utf8.h"

namespace ysnp::checks {
namespace {

/// White space of Go's unicode.IsSpace.
bool is_space(std::uint32_t c)
{
    return (c >= 0x09 && c <= 0x0d) || c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

std::string_view trimmed(std::string_view text)
{
    while (!text.empty()) {
        const auto point = next_code_point(text);
        if (point.width == 0 || !is_space(point.value)) break;
        text.remove_prefix(point.width);
    }
    while (!text.empty()) {
        std::size_t at = text.size() - 1;
        while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
        const auto point = next_code_point(text.substr(at));
        if (point.width != text.size() - at || !is_space(point.value)) break;
        text.remove_suffix(point.width);
    }
    return text;
}

/// v1's S: what is left of a byte after double quoting and the deletion of backslashes.
void append_mapped(std::string& out, char c)
{
    constexpr std::string_view controls = "\t\r\a\b\v\f", letters = "trabvf", digits = "0123456789abcdef";
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\\') return;
    if (byte >= 0x20 && byte < 0x7f) {
        out += c;
    } else if (const auto at = controls.find(c); at != std::string_view::npos) {
        out += letters[at];
    } else {
        out += {'x', digits[byte >> 4], digits[byte & 15]};
    }
}

/// Everything from v1's reset marker (`x1b`, any byte, `0;m`) on is not hashed.
void cut_at_marker(std::string& piece)
{
    for (auto at = piece.find("x1b"); at != std::string::npos; at = piece.find("x1b", at + 1)) {
        if (piece.compare(at + 4, 3, "0;m") != 0) continue;
        piece.resize(at);
        return;
    }
}

} // namespace

std::string v1_hash(const std::vector<std::string>& pieces)
{
    std::string text;
    for (const std::string& piece : pieces) text += piece;
    if (text.empty()) return {};
    std::string encoded = base64url(sha256(text));
    encoded.append((4 - encoded.size() % 4) % 4, '=');
    return "sha256:" + encoded;
}

std::vector<std::string> v1_pieces(const std::vector<std::string>& entries, bool after_script)
{
    std::vector<std::string> pieces;
    if (after_script) pieces.emplace_back("Running after script...");
    for (const std::string& entry : entries) {
        const auto text = trimmed(entry);
        if (text.empty()) continue;
        const auto end = text.find('\n');
        std::string piece = "$ ";
        for (const char c : text.substr(0, end)) append_mapped(piece, c);
        if (end != std::string_view::npos) piece += " # collapsed multi-line command";
        cut_at_marker(piece);
        pieces.push_back(std::move(piece));
    }
    return pieces;
}

std::optional<std::string> v1_ambiguity(const std::vector<std::string>& entries)
{
    for (const std::string& entry : entries) {
        const std::string_view text = entry;
        for (const char c : text)
            if (c < 0x20 || c > 0x7e) return "an entry has more than one line, a control byte or a letter beyond ASCII";
        if (text.find('\\') != text.npos) return "an entry has a backslash";
        if (text.empty() || text.front() == ' ' || text.back() == ' ') return "an entry is empty or has outer blanks";
        if (text.find("x1b") != text.npos) return "an entry has the text of a colour marker";
        if (text.find("$ ") != text.npos || text.back() == '$') return "an entry has the text `$ ` that joins entries";
        if (text.find("# collapsed multi-line command") != text.npos) return "an entry has v1's own remark";
    }
    return std::nullopt;
}

} // namespace ysnp::checks
