#include "checks/document_reader.h"
#include <algorithm>
#include <cmath>

namespace ysnp::checks {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

} // namespace

bool same_but_case(std::string_view a, std::string_view b) noexcept
{
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string kind_of(const nlohmann::json& value)
{
    switch (value.type()) {
    case nlohmann::json::value_t::null:
        return "null";
    case nlohmann::json::value_t::boolean:
        return value.get<bool>() ? "true" : "false";
    case nlohmann::json::value_t::string:
        return "a string";
    case nlohmann::json::value_t::array:
        return "a list";
    case nlohmann::json::value_t::object:
        return "an object";
    default:
        return "a number";
    }
}

void Reader::fault(std::string found, std::string expected, std::string remedy) const
{
    faults_->push_back({document_, path_, std::move(found), std::move(expected), std::move(remedy)});
}

std::optional<std::string> Reader::text() const
{
    if (value_->is_string()) return value_->get<std::string>();
    fault(kind_of(*value_), "a string", "put the value in quotes");
    return std::nullopt;
}

std::optional<bool> Reader::boolean() const
{
    if (value_->is_boolean()) return value_->get<bool>();
    fault(kind_of(*value_), "true or false, without quotes", "write true or false");
    return std::nullopt;
}

std::optional<std::int64_t> Reader::integer(std::int64_t least, std::int64_t most) const
{
    constexpr double exact = 9007199254740991.0;
    const double number = value_->is_number() ? value_->get<double>() : std::nan("");
    if (std::floor(number) == number && std::abs(number) <= exact) {
        const auto whole = static_cast<std::int64_t>(number);
        if (whole >= least && whole <= most) return whole;
    }
    fault(value_->is_number() ? value_->dump() : kind_of(*value_),
          "a whole number from " + std::to_string(least) + " to " + std::to_string(most), "correct the number");
    return std::nullopt;
}

bool Reader::is_object() const
{
    if (value_->is_object()) return true;
    fault(kind_of(*value_), "an object", "write { … } here");
    return false;
}

std::vector<Reader> Reader::items() const
{
    std::vector<Reader> result;
    if (!value_->is_array()) {
        fault(kind_of(*value_), "a list", "write [ … ] here; with vault kv put, pass the document as @file.json");
        return result;
    }
    for (std::size_t i = 0; i < value_->size(); ++i)
        result.emplace_back((*value_)[i], document_, path_ + "[" + std::to_string(i) + "]", *faults_);
    return result;
}

std::vector<std::string> Reader::texts() const
{
    std::vector<std::string> result;
    for (const Reader& item : items())
        if (auto text = item.text()) result.push_back(std::move(*text));
    if (value_->is_array() && value_->empty())
        fault("an empty list", "one text or more: a list that names nothing would restrict nothing",
              "add what is meant, or remove the key");
    return result;
}

Reader Reader::child(const nlohmann::json& value, std::string_view name) const
{
    return {value, document_, path_.empty() ? std::string(name) : path_ + "." + std::string(name), *faults_};
}

std::optional<Reader> Reader::member(std::string_view name) const
{
    const auto at = value_->find(name);
    if (at == value_->end()) return std::nullopt;
    return child(*at, name);
}

std::optional<Reader> Reader::member_any_case(std::string_view name) const
{
    std::optional<Reader> found;
    for (auto at = value_->begin(); at != value_->end(); ++at) {
        if (!same_but_case(at.key(), name)) continue;
        if (found) child(*at, at.key()).fault("the key twice, in other case", "one key", "remove one of them");
        found = child(*at, at.key());
    }
    return found;
}

void Reader::only(std::initializer_list<std::string_view> known) const
{
    for (auto at = value_->begin(); at != value_->end(); ++at) {
        if (std::find(known.begin(), known.end(), at.key()) != known.end()) continue;
        std::string names;
        for (const auto name : known) names += (names.empty() ? "" : ", ") + std::string(name);
        child(*at, at.key()).fault("an unknown key", names, "correct its spelling or remove it");
    }
}

void Reader::exact_case(std::initializer_list<std::string_view> known) const
{
    for (auto at = value_->begin(); at != value_->end(); ++at)
        for (const auto name : known)
            if (at.key() != name && same_but_case(at.key(), name))
                child(*at, at.key()).fault("the option in other case", std::string(name), "write it exactly so");
}

} // namespace ysnp::checks
