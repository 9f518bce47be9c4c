#include "runner/git/source_fault.h"
#include "runner/git/names.h"

namespace ysnp::git {

SourceFault::SourceFault(SourceError error, const std::string& message, int exit_code)
    : std::runtime_error(message), error_(error), exit_code_(exit_code)
{
}

std::string printable(std::string_view text, std::size_t longest)
{
    std::string safe;
    const std::string_view shown = text.substr(0, longest);
    for (std::size_t i = 0; i < shown.size();) {
        const std::size_t length = utf8_length(shown.substr(i));
        const auto byte = static_cast<unsigned char>(shown[i]);
        const bool c1_control = length == 2 && byte == 0xC2 && static_cast<unsigned char>(shown[i + 1]) < 0xA0;
        if (length == 0 || byte < 0x20 || byte == 0x7F || c1_control) {
            static constexpr char digits[] = "0123456789abcdef";
            safe += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
            ++i;
            continue;
        }
        safe.append(shown.substr(i, length));
        i += length;
    }
    if (shown.size() < text.size()) safe += "…";
    return safe;
}

} // namespace ysnp::git
