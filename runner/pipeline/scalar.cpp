#include "runner/pipeline/scalar.h"
#include <algorithm>
#include <array>

namespace ysnp::pipeline {
namespace {

constexpr std::array truths = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
constexpr std::array lies = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};

bool one_of(const auto& words, std::string_view text) { return std::ranges::find(words, text) != words.end(); }

bool only(std::string_view text, std::string_view characters)
{
    return !text.empty() && text.find_first_not_of(characters) == std::string_view::npos;
}

bool is_decimal(std::string_view text)
{
    if (text.starts_with('-')) text.remove_prefix(1);
    return only(text, "0123456789") && (text.size() == 1 || text[0] != '0') && text.size() <= 18;
}

// Anything that begins like a number and holds nothing but a number's characters.
bool looks_like_number(std::string_view text)
{
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    if (text.empty()) return false;
    if (text == ".inf" || text == ".Inf" || text == ".INF" || text == ".nan" || text == ".NaN" || text == ".NAN")
        return true;
    const bool digit_first = text[0] >= '0' && text[0] <= '9';
    if (text.starts_with("0x")) return only(text.substr(2), "0123456789abcdefABCDEF_");
    if (text.starts_with("0b")) return only(text.substr(2), "01_");
    if (text.starts_with("0o")) return only(text.substr(2), "01234567_");
    if (text.find_first_of("eE") != std::string_view::npos && !digit_first) return false;
    if (!digit_first && !(text.size() > 1 && text[0] == '.' && text[1] >= '0' && text[1] <= '9')) return false;
    if (std::ranges::count(text, '.') > 1) return false; // a version such as 1.2.3 is text
    if (text.find(':') != std::string_view::npos) return only(text, "0123456789_:.");
    return only(text, "0123456789_.,") || only(text, "0123456789_.eE+-")
               ? text.find_first_of("+-") == std::string_view::npos ||
                     text.find_first_of("eE") != std::string_view::npos
               : false;
}

bool looks_like_date(std::string_view text)
{
    return text.size() >= 10 && text[4] == '-' && text[7] == '-' && only(text.substr(0, 4), "0123456789") &&
           only(text.substr(5, 2), "0123456789") && only(text.substr(8, 2), "0123456789") &&
           (text.size() == 10 || text[10] == 'T' || text[10] == ' ');
}

} // namespace

ScalarType scalar_type(const Value& scalar) noexcept
{
    if (!scalar.plain) return ScalarType::text;
    const std::string_view text = scalar.text;
    if (one_of(truths, text) || one_of(lies, text)) return ScalarType::boolean;
    if (is_decimal(text)) return ScalarType::integer;
    if (looks_like_number(text) || looks_like_date(text)) return ScalarType::special;
    return ScalarType::text;
}

std::string describe_scalar(const Value& scalar)
{
    switch (scalar_type(scalar)) {
    case ScalarType::integer:
        return "the number " + scalar.text;
    case ScalarType::boolean:
        return "the boolean " + scalar.text;
    case ScalarType::special:
        return scalar.text + ", which YAML takes for a number or date";
    case ScalarType::text:
        break;
    }
    return "a string";
}

std::string expect_text(const Value& value, const std::string& what)
{
    if (value.is_scalar() && scalar_type(value) == ScalarType::text) return value.text;
    value.refuse(what + ": expected a string, found " + value.describe() +
                 (value.is_scalar() ? ": put it in quotes" : ""));
}

std::string expect_text_or_integer(const Value& value, const std::string& what)
{
    if (value.is_scalar() && scalar_type(value) == ScalarType::integer) return value.text;
    return expect_text(value, what);
}

bool expect_flag(const Value& value, const std::string& what)
{
    if (!value.is_scalar() || scalar_type(value) != ScalarType::boolean)
        value.refuse(what + ": expected true or false, found " + value.describe());
    return one_of(truths, value.text);
}

} // namespace ysnp::pipeline
