#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ysnp::trace {

/// Spellings in which programs print a value: base64 at its three alignments (the part that does not depend on what
/// surrounds the value, RFC 4648 4 and 5), percent-encoded (RFC 3986), hexadecimal, escaped for JSON (RFC 8259) and for
/// a POSIX shell's single and double quotes, and each of its lines that is long enough to be telling. Only those that
/// differ from the value itself and have at least eight bytes. Other transformations cannot be foreseen and are not
/// masked.
std::vector<std::string> encoded_forms(std::string_view value);

} // namespace ysnp::trace
