#include "runner/trace/masker.h"
#include "test/unit/trace/gather.h"
#include "test/unit/trace/naive_masker.h"
#include <cstdint>
#include <cstdlib>

/// Input: lines of secrets up to an empty line, then the text, whose first byte is the size of its pieces. The masker
/// must do exactly what the obvious algorithm does.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace ysnp::trace;
    if (size > 4096) return 0;
    std::string_view input(reinterpret_cast<const char*>(data), size);
    Secrets secrets;
    std::vector<std::string> values;
    while (!input.empty() && values.size() < 32) {
        const auto end = std::min(input.find('\n'), input.size());
        const auto value = input.substr(0, end);
        input.remove_prefix(std::min(end + 1, input.size()));
        if (value.empty()) break;
        if (secrets.add(value) == Secrets::Added::empty) continue;
        const auto begin = value.find_first_not_of(" \t\n\v\f\r");
        values.emplace_back(value.substr(begin, value.find_last_not_of(" \t\n\v\f\r") - begin + 1));
    }
    if (input.empty()) return 0;
    const std::size_t piece = static_cast<unsigned char>(input.front()) + std::size_t{1};
    input.remove_prefix(1);
    Gather end;
    Masker masker(secrets, end);
    feed(masker, input, piece);
    if (end.text != naive_mask(input, values)) std::abort();
    return 0;
}
