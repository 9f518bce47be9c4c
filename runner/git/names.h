#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace ysnp::git {

enum class EntryType { file, executable, symlink, folder, submodule };

/// Why a name of a tree entry must not be checked out, or an empty view. Refused, on every platform: what a file system
/// or git could take for `.git` (case, HFS+ ignorable characters, NTFS short names, streams, trailing dots and blanks,
/// back-slashes), `.`, `..`, the empty name, '/', NUL, more than 255 bytes, invalid UTF-8, a symlink named .gitmodules.
std::string_view refusal_of_name(std::string_view name, EntryType type) noexcept;

/// Length of the well-formed UTF-8 sequence (RFC 3629) that `text` begins with; 0 if it begins with none.
std::size_t utf8_length(std::string_view text) noexcept;

} // namespace ysnp::git
