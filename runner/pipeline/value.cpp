#include "runner/pipeline/value.h"
#include "runner/pipeline/scalar.h"
#include <algorithm>

namespace ysnp::pipeline {

Place Value::place() const { return {file ? *file : std::string(), line, column}; }

const Value* Value::find(std::string_view key) const noexcept
{
    const auto found = std::ranges::find(entries, key, &Entry::first);
    return found == entries.end() ? nullptr : &found->second;
}

Value* Value::find(std::string_view key) noexcept
{
    const auto found = std::ranges::find(entries, key, &Entry::first);
    return found == entries.end() ? nullptr : &found->second;
}

const Value* Value::get(std::string_view key) const noexcept
{
    const auto* found = find(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

void Value::set(std::string key, Value value)
{
    if (auto* found = find(key))
        *found = std::move(value);
    else
        entries.push_back({std::move(key), std::move(value)});
}

void Value::erase(std::string_view key)
{
    std::erase_if(entries, [&](const Entry& entry) { return entry.first == key; });
}

std::string Value::describe() const
{
    switch (kind) {
    case Kind::null:
        return "nothing";
    case Kind::list:
        return "a list";
    case Kind::map:
        return "a map";
    case Kind::reference:
        return "a !reference";
    case Kind::scalar:
        break;
    }
    return describe_scalar(*this);
}

void Value::refuse(const std::string& text_) const { throw PipelineError(place(), text_); }

Value deep_merge(Value base, const Value& over)
{
    if (!base.is_map() || !over.is_map()) return over;
    for (const auto& [key, value] : over.entries) {
        if (auto* found = base.find(key))
            *found = deep_merge(std::move(*found), value);
        else
            base.entries.push_back({key, value});
    }
    return base;
}

std::size_t count_nodes(const Value& value) noexcept
{
    std::size_t count = 1;
    for (const auto& item : value.items) count += count_nodes(item);
    for (const auto& entry : value.entries) count += 1 + count_nodes(entry.second);
    return count;
}

} // namespace ysnp::pipeline
