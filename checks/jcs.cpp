#include "checks/jcs.h"
#include "checks/utf8.h"
#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>
#include <vector>

namespace ysnp::checks {
namespace {

using nlohmann::json;
constexpr std::int64_t largest_exact = 9007199254740991; // 2^53 - 1

void append_escaped(std::string& out, char c)
{
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
    case '"':
        out += "\\\"";
        return;
    case '\\':
        out += "\\\\";
        return;
    case '\b':
        out += "\\b";
        return;
    case '\f':
        out += "\\f";
        return;
    case '\n':
        out += "\\n";
        return;
    case '\r':
        out += "\\r";
        return;
    case '\t':
        out += "\\t";
        return;
    default:
        out += "\\u00";
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
}

void append_string(std::string& out, std::string_view text)
{
    if (!is_utf8(text)) throw std::invalid_argument("a text is not valid UTF-8");
    const auto special = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; };
    out += '"';
    while (!text.empty()) {
        const auto end = std::find_if(text.begin(), text.end(), special);
        out.append(text.begin(), end);
        if (end == text.end()) break;
        append_escaped(out, *end);
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()) + 1);
    }
    out += '"';
}

std::u16string utf16(std::string_view text)
{
    std::u16string units;
    while (!text.empty()) {
        const auto point = next_code_point(text);
        if (point.width == 0) throw std::invalid_argument("a member's name is not valid UTF-8");
        if (point.value >= 0x10000) {
            units += static_cast<char16_t>(0xd800 + ((point.value - 0x10000) >> 10));
            units += static_cast<char16_t>(0xdc00 + ((point.value - 0x10000) & 0x3ff));
        } else {
            units += static_cast<char16_t>(point.value);
        }
        text.remove_prefix(point.width);
    }
    return units;
}

void append(std::string& out, const json& value);

void append_object(std::string& out, const json& object)
{
    std::vector<std::pair<std::u16string, json::const_iterator>> members;
    for (auto at = object.begin(); at != object.end(); ++at) members.emplace_back(utf16(at.key()), at);
    std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    out += '{';
    for (const auto& [name, at] : members) {
        if (out.back() != '{') out += ',';
        append_string(out, at.key());
        out += ':';
        append(out, at.value());
    }
    out += '}';
}

void append_array(std::string& out, const json& array)
{
    out += '[';
    bool first = true;
    for (const json& item : array) {
        if (!first) out += ',';
        first = false;
        append(out, item);
    }
    out += ']';
}

void append_number(std::string& out, const json& value)
{
    if (value.is_number_float()) {
        out += canonical_number(value.get<double>());
        return;
    }
    const bool exact = value.is_number_unsigned()
                           ? value.get<std::uint64_t>() <= static_cast<std::uint64_t>(largest_exact)
                           : value.get<std::int64_t>() >= -largest_exact;
    if (!exact) throw std::invalid_argument("an integer beyond 2^53-1 has no exact canonical form");
    out += std::to_string(value.get<std::int64_t>());
}

void append(std::string& out, const json& value)
{
    switch (value.type()) {
    case json::value_t::null:
        out += "null";
        return;
    case json::value_t::boolean:
        out += value.get<bool>() ? "true" : "false";
        return;
    case json::value_t::string:
        append_string(out, value.get_ref<const std::string&>());
        return;
    case json::value_t::array:
        append_array(out, value);
        return;
    case json::value_t::object:
        append_object(out, value);
        return;
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
        append_number(out, value);
        return;
    default:
        throw std::invalid_argument("not a JSON value");
    }
}

/// Digits without leading or trailing zeros, and the decimal exponent n of 0.DIGITS * 10^n.
struct Decimal {
    std::string digits;
    int exponent = 0;
};

Decimal shortest(double value)
{
    char buffer[64];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific).ptr;
    const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
    const auto e = text.find('e');
    Decimal decimal;
    for (const char c : text.substr(0, e))
        if (c != '.') decimal.digits += c;
    decimal.exponent = std::atoi(std::string(text.substr(e + 1)).c_str()) + 1;
    while (decimal.digits.size() > 1 && decimal.digits.back() == '0') decimal.digits.pop_back();
    return decimal;
}

} // namespace

std::string canonical_number(double value)
{
    if (!std::isfinite(value)) throw std::invalid_argument("NaN and infinities are not JSON");
    if (value == 0) return "0";
    if (value < 0) return "-" + canonical_number(-value);
    const auto [digits, n] = shortest(value);
    const int k = static_cast<int>(digits.size());
    const auto count = [](int number) { return static_cast<std::size_t>(number); };
    if (k <= n && n <= 21) return digits + std::string(count(n - k), '0');
    if (0 < n && n <= 21) return digits.substr(0, count(n)) + "." + digits.substr(count(n));
    if (-6 < n && n <= 0) return "0." + std::string(count(-n), '0') + digits;
    const int e = n - 1;
    const std::string exponent = (e < 0 ? "e-" : "e+") + std::to_string(std::abs(e));
    return k == 1 ? digits + exponent : digits.substr(0, 1) + "." + digits.substr(1) + exponent;
}

std::string canonical(const json& value)
{
    std::string out;
    append(out, value);
    return out;
}

json parse_strict(std::string_view text, std::size_t max_depth)
{
    std::vector<std::set<std::string>> seen;
    const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
        if (depth > static_cast<int>(max_depth)) throw std::invalid_argument("nested too deeply");
        if (event == json::parse_event_t::object_start) seen.emplace_back();
        if (event == json::parse_event_t::object_end) seen.pop_back();
        if (event == json::parse_event_t::key && !seen.back().insert(parsed.get<std::string>()).second)
            throw std::invalid_argument("the key \"" + parsed.get<std::string>() + "\" comes twice");
        return true;
    };
    try {
        return json::parse(text, watch);
    } catch (const json::exception& error) {
        const std::string_view what = error.what();
        const auto at = what.find("] ");
        throw std::invalid_argument("not JSON: " + std::string(at == what.npos ? what : what.substr(at + 2)));
    }
}

std::string canonical_text(std::string_view text) { return canonical(parse_strict(text)); }

} // namespace ysnp::checks
