#include "gitlab-api/json_reader.h"
#include "gitlab-api/payload.h"
#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ysnp::gitlab {
namespace {

bool same_letters(std::string_view a, std::string_view b)
{
    const auto lower = [](unsigned char c) { return c >= 'A' && c <= 'Z' ? c + 32 : static_cast<int>(c); };
    return std::ranges::equal(a, b, {}, lower, lower);
}

std::string type_of(const nlohmann::json& value)
{
    switch (value.type()) {
    case nlohmann::json::value_t::object:
        return "an object";
    case nlohmann::json::value_t::array:
        return "a list";
    case nlohmann::json::value_t::string:
        return "a string";
    case nlohmann::json::value_t::boolean:
        return "a boolean";
    case nlohmann::json::value_t::number_float:
        return "a number with a fraction or exponent";
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
        return "a number";
    default:
        return "nothing";
    }
}

} // namespace

bool JsonReader::absent() const noexcept { return value_ == nullptr || value_->is_null(); }
bool JsonReader::is_text() const noexcept { return !absent() && value_->is_string(); }
std::string JsonReader::type() const { return absent() ? "nothing" : type_of(*value_); }
std::string JsonReader::dump() const { return absent() ? "null" : value_->dump(); }

void JsonReader::refuse(std::string expected) const
{
    throw PayloadError(PayloadRefusal::json, path_, std::move(expected), type());
}

void JsonReader::refuse(PayloadRefusal refusal, std::string expected, std::string found) const
{
    throw PayloadError(refusal, path_, std::move(expected), std::move(found));
}

void JsonReader::expect_object() const
{
    if (absent() || !value_->is_object()) refuse("an object");
}

JsonReader JsonReader::member(std::string_view key) const
{
    std::string path = path_.empty() ? std::string(key) : path_ + "." + std::string(key);
    if (absent()) return {nullptr, std::move(path)};
    if (!value_->is_object()) refuse("an object");
    const auto found = value_->find(key);
    return {found == value_->end() ? nullptr : &*found, std::move(path)};
}

std::vector<std::string> JsonReader::keys() const
{
    std::vector<std::string> names;
    if (absent()) return names;
    expect_object();
    for (const auto& [name, value] : value_->items()) names.push_back(name);
    return names;
}

std::size_t JsonReader::size(std::size_t most) const
{
    if (absent()) return 0;
    if (!value_->is_array()) refuse("a list");
    if (value_->size() > most)
        refuse(PayloadRefusal::limit, fmt::format("at most {} entries", most), fmt::format("{}", value_->size()));
    return value_->size();
}

JsonReader JsonReader::element(std::size_t index) const
{
    return {&(*value_)[index], fmt::format("{}[{}]", path_, index)};
}

std::vector<JsonReader> JsonReader::elements(std::size_t most) const
{
    std::vector<JsonReader> all;
    const std::size_t count = size(most);
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) all.push_back(element(i));
    return all;
}

std::string JsonReader::text(std::size_t most_bytes) const
{
    if (!is_text()) refuse("a string");
    const auto& text = value_->get_ref<const std::string&>();
    if (text.size() > most_bytes)
        refuse(PayloadRefusal::limit, fmt::format("at most {} bytes", most_bytes), fmt::format("{}", text.size()));
    return text;
}

std::string JsonReader::text_or(std::string_view fallback, std::size_t most_bytes) const
{
    return absent() ? std::string(fallback) : text(most_bytes);
}

std::optional<std::string> JsonReader::maybe_text(std::size_t most_bytes) const
{
    if (absent()) return std::nullopt;
    return text(most_bytes);
}

std::vector<std::string> JsonReader::texts(std::size_t most, std::size_t most_bytes) const
{
    std::vector<std::string> all;
    const std::size_t count = size(most);
    all.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto* text = (*value_)[i].get_ptr<const std::string*>();
        const bool fits = text != nullptr && text->size() <= most_bytes;
        all.push_back(fits ? *text : element(i).text(most_bytes)); // only a refusal needs the element's path
    }
    return all;
}

std::optional<std::vector<std::string>> JsonReader::texts_or_text(std::size_t most) const
{
    if (absent()) return std::nullopt;
    if (is_text()) return std::vector<std::string>{text()};
    return texts(most);
}

std::optional<std::string> JsonReader::maybe_text_or_integer() const
{
    if (absent()) return std::nullopt;
    if (is_text()) return text(1024);
    if (!value_->is_number_integer()) refuse("a string or an integer");
    return std::to_string(integer());
}

std::int64_t JsonReader::integer(std::int64_t least, std::int64_t most) const
{
    if (absent() || !value_->is_number_integer()) refuse("an integer");
    const bool huge =
        value_->is_number_unsigned() &&
        value_->get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    const auto number = huge ? 0 : value_->get<std::int64_t>();
    if (huge || number < least || number > most)
        refuse(PayloadRefusal::json, fmt::format("an integer from {} to {}", least, most), value_->dump());
    return number;
}

std::optional<std::int64_t> JsonReader::maybe_integer(std::int64_t least) const
{
    if (absent()) return std::nullopt;
    return integer(least);
}

std::optional<double> JsonReader::maybe_number() const
{
    if (absent()) return std::nullopt;
    if (!value_->is_number()) refuse("a number");
    return value_->get<double>();
}

bool JsonReader::flag_or(bool fallback) const { return maybe_flag().value_or(fallback); }

std::optional<bool> JsonReader::maybe_flag() const
{
    if (absent()) return std::nullopt;
    if (!value_->is_boolean()) refuse("a boolean");
    return value_->get<bool>();
}

void JsonReader::report_unknown(std::initializer_list<std::string_view> known, Report what,
                                std::vector<UnknownField>& into) const
{
    for (const auto& key : keys()) {
        if (std::ranges::find(known, key) != known.end()) continue;
        const bool other_case = std::ranges::any_of(known, [&](auto name) { return same_letters(name, key); });
        if (what == Report::other_case_only && !other_case) continue;
        const auto& value = *value_->find(key);
        into.push_back({path_.empty() ? key : path_ + "." + key, type_of(value)});
    }
}

} // namespace ysnp::gitlab
