#include "runner/pipeline/nested_variables.h"
#include "runner/pipeline/pipeline_error.h"
#include <algorithm>
#include <map>
#include <optional>
#include <string_view>

namespace ysnp::pipeline {
namespace {

constexpr std::size_t most_bytes = 1u << 20;
constexpr std::size_t most_references = 200;

bool begins_name(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }
bool in_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

/// A reference at the beginning of a text, or what stands there instead of one.
struct Mention {
    std::string_view whole; ///< "${NAME}"; `$$` and `%%` are taken whole as well
    std::string_view name;  ///< empty: no reference
};

Mention mention_at(std::string_view text)
{
    const char sign = text[0];
    if (text.size() > 1 && text[1] == sign) return {text.substr(0, 2), {}};
    const bool braced = sign == '$' && text.size() > 1 && text[1] == '{';
    const std::size_t begin = braced ? 2 : 1;
    std::size_t end = begin;
    while (end < text.size() && (end == begin ? begins_name(text[end]) : in_name(text[end]))) ++end;
    const bool closed = braced        ? end < text.size() && text[end] == '}'
                        : sign == '%' ? end < text.size() && text[end] == '%'
                                      : true;
    if (end == begin || !closed) return {text.substr(0, 1), {}};
    const std::size_t closing = sign == '%' || braced ? 1 : 0;
    return {text.substr(0, end + closing), text.substr(begin, end - begin)};
}

class Nesting {
public:
    Nesting(const std::vector<NamedValue>& variables, const Place& place)
        : variables_(variables), place_(place), values_(variables.size())
    {
        for (std::size_t i = 0; i < variables.size(); ++i) last_[variables[i].key] = i;
    }

    /// False: they refer to each other in a circle.
    bool resolve()
    {
        for (std::size_t i = 0; i < variables_.size(); ++i) value(i);
        return !circle_;
    }

    std::string& value(std::size_t index)
    {
        std::optional<std::string>& known = values_[index];
        if (known) return *known;
        const NamedValue& variable = variables_[index];
        if (variable.raw) return known.emplace(variable.value);
        known.emplace(); // whoever asks for it now closes a circle
        open_.push_back(index);
        std::string text = expanded(variable.value, index);
        open_.pop_back();
        return *known = std::move(text);
    }

private:
    std::string expanded(std::string_view text, std::size_t owner)
    {
        std::string out;
        while (!text.empty()) {
            const std::size_t plain = std::min(text.find_first_of("$%"), text.size());
            out += text.substr(0, plain);
            text.remove_prefix(plain);
            if (text.empty()) break;
            const Mention mention = mention_at(text);
            const auto target = mention.name.empty() ? std::nullopt : meant(mention.name, owner);
            if (target && std::ranges::count(open_, *target) != 0) circle_ = true;
            out += target && !variables_[*target].raw ? std::string_view(value(*target)) : mention.whole;
            text.remove_prefix(mention.whole.size());
            if (out.size() > most_bytes || open_.size() > most_references) refuse(variables_[owner].key);
        }
        return out;
    }

    [[noreturn]] void refuse(const std::string& key) const
    {
        throw PipelineError(place_,
                            "variables:" + key + ": longer than 1 MiB, or more than " +
                                std::to_string(most_references) +
                                " references deep, once the variables in it are expanded",
                            PipelineError::Kind::too_large);
    }

    std::optional<std::size_t> meant(std::string_view name, std::size_t owner) const
    {
        const auto found = last_.find(name);
        if (found == last_.end()) return std::nullopt;
        if (variables_[owner].key != name) return found->second;
        for (std::size_t i = owner; i-- > 0;)
            if (variables_[i].key == name) return i;
        return std::nullopt;
    }

    const std::vector<NamedValue>& variables_;
    const Place& place_;
    std::vector<std::optional<std::string>> values_;
    std::map<std::string, std::size_t, std::less<>> last_;
    std::vector<std::size_t> open_;
    bool circle_ = false;
};

} // namespace

std::vector<NamedValue> with_nested_values(std::vector<NamedValue> variables, const Place& place)
{
    Nesting nesting(variables, place);
    if (!nesting.resolve()) return variables;
    std::vector<NamedValue> result = variables;
    for (std::size_t i = 0; i < result.size(); ++i) result[i].value = nesting.value(i);
    return result;
}

} // namespace ysnp::pipeline
