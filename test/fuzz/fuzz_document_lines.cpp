#include "checks/document_lines.h"
#include "checks/jcs.h"
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

namespace {

using namespace ysnp::checks;

struct Shown {
    std::string canonical;
    std::vector<std::string> lines;
};

/// What a person is shown of a document: whole, and nothing that a terminal would obey.
std::optional<Shown> show(std::string_view document)
{
    try {
        Shown shown;
        for (const DocumentLine& line : document_lines(document, Charset::ascii)) {
            if (!std::all_of(line.text.begin(), line.text.end(), [](char c) { return c >= 0x20 && c < 0x7f; }))
                std::abort();
            shown.lines.push_back(line.text);
        }
        document_lines(document, Charset::utf8);
        shown.canonical = canonical_text(document);
        return shown;
    } catch (const std::invalid_argument&) {
        return std::nullopt;
    }
}

} // namespace

/// Input: two documents with a NUL between them. Where both can be shown, they look the same only if they are the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    const auto between = std::min(input.find('\0'), input.size());
    const auto one = show(input.substr(0, between));
    const auto two = show(input.substr(std::min(between + 1, input.size())));
    if (one && two && (one->lines == two->lines) != (one->canonical == two->canonical)) std::abort();
    return 0;
}
