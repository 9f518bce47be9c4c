#pragma once
#include <string>
#include <string_view>

namespace ysnp::vault {

/// Whether `path` may name a document or an engine: segments between single slashes, none empty, `.` or `..`, without
/// control characters, `%`, `?`, `#`, `\` or blanks at an end; at most 1024 bytes.
bool is_path(std::string_view path) noexcept;

/// The same path in a request target: each segment percent-encoded. Throws Fault (Failure::invalid) for no path.
std::string encoded(std::string_view path);

/// Without slashes at its ends.
std::string trimmed(std::string_view path);

} // namespace ysnp::vault
