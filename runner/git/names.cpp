#include "runner/git/names.h"
#include <algorithm>

namespace ysnp::git {
namespace {

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

bool valid_utf8(std::string_view text) noexcept
{
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

/// Code points that HFS+ ignores when it compares names.
bool ignorable(std::string_view sequence) noexcept
{
    if (sequence.size() != 3) return false;
    if (sequence == "\xEF\xBB\xBF") return true; // U+FEFF
    if (!sequence.starts_with("\xE2\x80") && !sequence.starts_with("\xE2\x81")) return false;
    const auto last = static_cast<unsigned char>(sequence[2]);
    if (sequence[1] == '\x80') return (last >= 0x8C && last <= 0x8F) || (last >= 0xAA && last <= 0xAE);
    return last >= 0xAA && last <= 0xAF; // U+206A to U+206F
}

/// The name as the laxest file system would compare it.
std::string folded(std::string_view name)
{
    std::string result;
    while (!name.empty()) {
        const std::size_t length = std::max<std::size_t>(utf8_length(name), 1);
        if (!ignorable(name.substr(0, length))) result.append(name.substr(0, length));
        name.remove_prefix(length);
    }
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// `piece` up to an NTFS stream's colon, without the trailing dots and blanks that Windows drops.
bool piece_is_special(std::string_view piece) noexcept
{
    if (piece == ".." || piece == ".") return true;
    piece = piece.substr(0, piece.find(':'));
    const auto last = piece.find_last_not_of(". ");
    piece = piece.substr(0, last == std::string_view::npos ? 0 : last + 1);
    return piece == ".git" || piece == "git~1";
}

bool is_dot_git(std::string_view name)
{
    const std::string plain = folded(name);
    for (std::string_view rest = plain;;) {
        const auto end = rest.find('\\');
        if (piece_is_special(rest.substr(0, end))) return true;
        if (end == std::string_view::npos) return false;
        rest.remove_prefix(end + 1);
    }
}

} // namespace

std::size_t utf8_length(std::string_view text) noexcept
{
    if (text.empty()) return 0;
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if (!continues(text[i])) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F)) return 0;
    if ((first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) return 0;
    return length;
}

std::string_view refusal_of_name(std::string_view name, EntryType type) noexcept
{
    if (name.empty()) return "an empty name";
    if (name.find('\0') != std::string_view::npos) return "a NUL byte";
    if (name.find('/') != std::string_view::npos) return "a slash";
    if (name == "." || name == "..") return "a name that leads elsewhere";
    if (name.size() > 255) return "more than 255 bytes";
    if (!valid_utf8(name)) return "invalid UTF-8";
    if (is_dot_git(name)) return "a name that can stand for .git or leads elsewhere";
    if (type == EntryType::symlink && folded(name) == ".gitmodules") return "a symbolic link in place of .gitmodules";
    return {};
}

} // namespace ysnp::git
