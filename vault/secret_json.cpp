#include "vault/secret_json.h"
#include <string>

namespace ysnp::vault {
namespace {

constexpr std::size_t longest_escape = 6; // \u0001

void append_quoted(std::string& text, std::string_view value)
{
    constexpr std::string_view digits = "0123456789abcdef";
    text += '"';
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') text += '\\';
        if (byte >= 0x20) {
            text += c;
        } else {
            text.append("\\u00").append(1, digits[byte >> 4]).append(1, digits[byte & 15]);
        }
    }
    text += '"';
}

} // namespace

Secret secret_json(std::initializer_list<std::pair<std::string_view, std::string_view>> members)
{
    std::size_t most = 2;
    for (const auto& [name, value] : members) most += (name.size() + value.size()) * longest_escape + 6;
    std::string text;
    text.reserve(most); // growing would leave pieces behind
    for (const auto& [name, value] : members) {
        text += text.empty() ? '{' : ',';
        append_quoted(text, name);
        text += ':';
        append_quoted(text, value);
    }
    if (text.empty()) text += '{';
    text += '}';
    return take_secret(text);
}

} // namespace ysnp::vault
