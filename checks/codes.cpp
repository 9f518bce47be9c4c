#include "checks/codes.h"
#include "checks/code_catalogue.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool same_name(std::string_view given, std::string_view name)
{
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    return std::equal(given.begin(), given.end(), name.begin(), name.end(),
                      [&](char a, char b) { return upper(a) == b; });
}

/// Breaks a paragraph at blanks so that no line is longer than 78 bytes.
std::string wrapped(std::string_view text)
{
    std::string out;
    std::size_t column = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (column > 0 && column + 1 + end > 78) {
            out += '\n';
            column = 0;
        } else if (column > 0) {
            out += ' ';
            ++column;
        }
        out += text.substr(0, end);
        column += end;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

} // namespace

std::span<const Code> codes() noexcept { return catalogue; }

const Code* find_code(std::string_view name) noexcept
{
    const auto first = name.find_first_not_of(" \t\r\n[");
    if (first == std::string_view::npos) return nullptr;
    name = name.substr(first, name.find_last_not_of(" \t\r\n]") - first + 1);
    const auto at =
        std::find_if(catalogue.begin(), catalogue.end(), [&](const Code& code) { return same_name(name, code.name); });
    return at == catalogue.end() ? nullptr : &*at;
}

std::string explain(const Code& code)
{
    return std::string(code.name) + ": " + std::string(code.summary) + "\n\n" + wrapped(code.meaning) +
           "\n\nWhat to do\n" + wrapped(code.remedy) + "\n";
}

std::string list_codes()
{
    std::string text;
    for (const Code& code : catalogue) {
        text += code.name;
        text.append(15 - std::min<std::size_t>(14, code.name.size()), ' ');
        text += code.summary;
        text += '\n';
    }
    return text;
}

} // namespace ysnp::checks
