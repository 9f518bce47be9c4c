#include "runner/trace/encodings.h"
#include "net/secret.h"
#include "net/url.h"
#include <algorithm>
#include <cstdint>

namespace ysnp::trace {

namespace {

constexpr std::size_t telling = 8;
constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view for_urls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The characters that depend on the value alone when `before` bytes (0 to 2) stand in front of it.
std::string base64_core(std::string_view value, std::size_t before, std::string_view alphabet)
{
    const auto bits = [&](std::size_t first) { // six bits from bit `first` of the padded text
        std::uint32_t result = 0;
        for (std::size_t bit = first; bit < first + 6; ++bit) {
            const auto byte = static_cast<unsigned char>(value[bit / 8 - before]);
            result = result << 1 | ((byte >> (7 - bit % 8)) & 1u);
        }
        return result;
    };
    std::string core;
    const std::size_t begin = (before * 8 + 5) / 6, end = (before + value.size()) * 8 / 6;
    for (std::size_t i = begin; i < end; ++i) core += alphabet[bits(i * 6)];
    return core;
}

std::string hex(std::string_view value, std::string_view digits)
{
    std::string text;
    for (const char c : value) {
        text += digits[static_cast<unsigned char>(c) >> 4];
        text += digits[static_cast<unsigned char>(c) & 15];
    }
    return text;
}

std::string json(std::string_view value)
{
    std::string text;
    for (const char c : value) {
        switch (c) {
        case '"':
            text += "\\\"";
            break;
        case '\\':
            text += "\\\\";
            break;
        case '\n':
            text += "\\n";
            break;
        case '\r':
            text += "\\r";
            break;
        case '\t':
            text += "\\t";
            break;
        default:
            text += c;
        }
    }
    return text;
}

std::string single_quoted(std::string_view value)
{
    std::string text;
    for (const char c : value) c == '\'' ? text += "'\\''" : text += c;
    return text;
}

std::string double_quoted(std::string_view value)
{
    std::string text;
    for (const char c : value) {
        if (std::string_view("\"\\$`").find(c) != std::string_view::npos) text += '\\';
        text += c;
    }
    return text;
}

void add_lines(std::string_view value, std::vector<std::string>& forms)
{
    while (!value.empty()) {
        const auto end = std::min(value.find('\n'), value.size());
        auto line = value.substr(0, end);
        while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
        while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
        forms.emplace_back(line);
        value.remove_prefix(std::min(end + 1, value.size()));
    }
}

} // namespace

std::vector<std::string> encoded_forms(std::string_view value)
{
    std::vector<std::string> forms;
    for (std::size_t before = 0; before < 3; ++before) {
        forms.push_back(base64_core(value, before, standard));
        forms.push_back(base64_core(value, before, for_urls));
    }
    forms.push_back(net::percent_encode(value));
    forms.push_back(hex(value, "0123456789abcdef"));
    forms.push_back(hex(value, "0123456789ABCDEF"));
    forms.push_back(json(value));
    forms.push_back(single_quoted(value));
    forms.push_back(double_quoted(value));
    if (value.find('\n') != std::string_view::npos) add_lines(value, forms);
    for (auto& form : forms)
        if (form.size() < telling || form == value) wipe(form);
    std::erase_if(forms, [](const std::string& form) { return form.empty(); });
    std::sort(forms.begin(), forms.end());
    forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
    return forms;
}

} // namespace ysnp::trace
