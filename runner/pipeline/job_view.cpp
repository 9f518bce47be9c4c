#include "runner/pipeline/job_view.h"
#include "runner/pipeline/keywords.h"
#include "runner/pipeline/reference.h"
#include "runner/pipeline/scalar.h"
#include <algorithm>

namespace ysnp::pipeline {

JobView::JobView(const Value& config, std::string name, const Value& job)
    : config_(config), name_(std::move(name)), job_(resolve_references(job, config))
{
    for (const auto& [key, value] : job_.entries) {
        if (find_keyword(key) != nullptr) continue;
        const auto near = nearest_keyword(key);
        refuse(value, "unknown keyword \"" + key + "\"" +
                          (near.empty() ? "" : ": did you mean \"" + std::string(near) + "\"?"));
    }
    if (const auto* inherit = job_.get("inherit")) {
        if (!inherit->is_map()) refuse(*inherit, "inherit: expected a map, found " + inherit->describe());
        defaults_ = read_inheritance(*inherit, "default");
        variables_ = read_inheritance(*inherit, "variables");
    }
}

void JobView::refuse(const Value& at, const std::string& text) const { at.refuse("job \"" + name_ + "\": " + text); }

bool JobView::Inheritance::covers(std::string_view name) const
{
    return all || std::ranges::find(names, name) != names.end();
}

JobView::Inheritance JobView::read_inheritance(const Value& inherit, const char* part)
{
    Inheritance result;
    const auto* value = inherit.get(part);
    if (value == nullptr) return result;
    const std::string what = std::string("inherit:") + part;
    if (value->is_list()) {
        result.all = false;
        for (const auto& each : value->items) result.names.push_back(expect_text(each, what));
    } else {
        result.all = expect_flag(*value, what);
    }
    return result;
}

const Value* JobView::inherited(std::string_view keyword) const
{
    if (!defaults_.covers(keyword)) return nullptr;
    const auto* defaults = config_.get("default");
    const auto* from_default = defaults == nullptr ? nullptr : defaults->get(keyword);
    const auto* global = is_global_default(keyword) ? config_.get(keyword) : nullptr;
    if (from_default != nullptr && global != nullptr)
        global->refuse(std::string(keyword) + ": stands at the top level and in `default:`: only one of the two may");
    return from_default != nullptr ? from_default : global;
}

std::optional<Value> JobView::keyword(std::string_view name) const
{
    if (const auto* own = job_.get(name)) return *own;
    const auto* known = find_keyword(name);
    if (known == nullptr || !known->in_default) return std::nullopt;
    const auto* found = inherited(name);
    if (found == nullptr) return std::nullopt;
    auto value = resolve_references(*found, config_);
    if (value.is_null()) return std::nullopt;
    return value;
}

std::string JobView::owner(std::string_view keyword) const { return job_.get(keyword) != nullptr ? name_ : "default"; }

std::vector<std::string> JobView::keywords() const
{
    std::vector<std::string> names;
    for (const auto& [key, value] : job_.entries)
        if (!value.is_null()) names.push_back(key);
    const auto add = [&](const Value& from) {
        for (const auto& [key, value] : from.entries) {
            const auto* known = find_keyword(key);
            const bool counts = known != nullptr && known->in_default && !value.is_null() && inherited(key) != nullptr;
            if (counts && std::ranges::find(names, key) == names.end()) names.push_back(key);
        }
    };
    if (const auto* defaults = config_.get("default")) add(*defaults);
    add(config_);
    return names;
}

bool JobView::inherits_variable(std::string_view name) const { return variables_.covers(name); }

} // namespace ysnp::pipeline
