#include "checks/expand.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool is_alnum(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_special(char c) { return std::string_view("*#$@!?-0123456789").find(c) != std::string_view::npos; }

/// What follows a `$`: the name, and how many bytes it took. An empty name with bytes taken is bad syntax, eaten.
struct Name {
    std::string_view text;
    std::size_t width = 0;
};

Name braced(std::string_view rest)
{
    const auto end = rest.find('}', 1);
    if (end == std::string_view::npos) return {{}, 1};
    if (end == 1) return {{}, 2};
    return {rest.substr(1, end - 1), end + 1};
}

Name name_after_dollar(std::string_view rest)
{
    if (rest.front() == '{') return braced(rest);
    if (is_special(rest.front())) return {rest.substr(0, 1), 1};
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_alnum);
    const auto width = static_cast<std::size_t>(end - rest.begin());
    return {rest.substr(0, width), width};
}

/// Calls `literal` for text that stays and `name` for each reference.
template <class Literal, class Reference>
void scan(std::string_view text, Literal literal, Reference reference)
{
    std::size_t from = 0;
    for (auto at = text.find('$'); at != std::string_view::npos && at + 1 < text.size(); at = text.find('$', at)) {
        literal(text.substr(from, at - from));
        const auto [name, width] = name_after_dollar(text.substr(at + 1));
        if (!name.empty()) {
            reference(name);
        } else if (width == 0) {
            literal("$");
        }
        at += width + 1;
        from = at;
    }
    literal(text.substr(from));
}

} // namespace

std::string expand(std::string_view text, const std::function<std::optional<std::string>(std::string_view)>& lookup)
{
    std::string result;
    result.reserve(text.size());
    scan(
        text, [&](std::string_view literal) { result += literal; },
        [&](std::string_view name) {
            if (name == "$") {
                result += '$';
            } else if (name.size() != 1 || !is_special(name.front())) {
                if (const auto value = lookup(name)) result += *value;
            }
        });
    return result;
}

std::vector<std::string> references(std::string_view text)
{
    std::vector<std::string> names;
    scan(
        text, [](std::string_view) {},
        [&](std::string_view name) {
            if (name.size() == 1 && is_special(name.front())) return;
            if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
        });
    return names;
}

Expander::Expander(std::span<const Variable> variables, std::function<std::string(const Variable&)> file_path)
    : file_path_(std::move(file_path))
{
    by_name_.reserve(variables.size());
    for (const Variable& variable : variables) by_name_.push_back(&variable);
    std::stable_sort(by_name_.begin(), by_name_.end(), [](auto* a, auto* b) { return a->key < b->key; });
    // of duplicates the last counts
    const auto kept =
        std::unique(by_name_.rbegin(), by_name_.rend(), [](auto* a, auto* b) { return a->key == b->key; });
    by_name_.erase(by_name_.begin(), kept.base());
}

const Variable* Expander::find(std::string_view name) const
{
    const auto at = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                     [](const Variable* v, std::string_view key) { return v->key < key; });
    return at != by_name_.end() && (*at)->key == name ? *at : nullptr;
}

std::string Expander::raw_value(std::string_view name) const
{
    const Variable* variable = find(name);
    if (!variable) return {};
    if (!variable->file) return variable->value;
    return file_path_ ? file_path_(*variable) : variable->key;
}

std::string Expander::value_of(const Variable& variable) const
{
    if (variable.file || variable.raw) return raw_value(variable.key);
    return expand(variable.value, [this](std::string_view name) { return raw_value(name); });
}

std::string Expander::operator()(std::string_view text) const
{
    return expand(text, [this](std::string_view name) -> std::optional<std::string> {
        const Variable* variable = find(name);
        if (!variable) return std::nullopt;
        return value_of(*variable);
    });
}

} // namespace ysnp::checks
