#include "runner/pipeline/extend.h"
#include "runner/pipeline/scalar.h"
#include "runner/pipeline/yaml_reader.h"
#include <algorithm>
#include <map>
#include <vector>

namespace ysnp::pipeline {
namespace {

constexpr std::size_t most_levels = 10;

class Extender {
public:
    explicit Extender(const Value& config) : config_(config) {}

    const Value& resolved(const std::string& name, const Value& entry)
    {
        if (const auto done = done_.find(name); done != done_.end()) return done->second;
        if (std::ranges::find(open_, name) != open_.end())
            entry.find("extends")->refuse("extends: \"" + name + "\" extends itself (" + chain(name) + ")");
        open_.push_back(name);
        Value result = extend(name, entry);
        open_.pop_back();
        total_ += count_nodes(result);
        if (total_ > 4 * limits::nodes)
            throw PipelineError(entry.place(), "extends: the jobs are too large together",
                                PipelineError::Kind::too_large);
        return done_.emplace(name, std::move(result)).first->second;
    }

private:
    Value extend(const std::string& name, const Value& entry)
    {
        const auto* extends = entry.get("extends");
        if (extends == nullptr) return entry;
        if (open_.size() > most_levels) extends->refuse("extends: more than ten levels (" + chain(name) + ")");
        Value base;
        base.kind = Value::Kind::map;
        for (const auto& parent : parents(*extends)) base = deep_merge(std::move(base), parent_of(*extends, parent));
        Value own = entry;
        own.erase("extends");
        Value result = deep_merge(std::move(base), own);
        result.file = entry.file;
        result.line = entry.line;
        result.column = entry.column;
        return result;
    }

    const Value& parent_of(const Value& extends, const std::string& name)
    {
        const auto* parent = config_.find(name);
        if (parent == nullptr) extends.refuse("extends: there is no \"" + name + "\"");
        if (!parent->is_map()) extends.refuse("extends: \"" + name + "\" is " + parent->describe() + ", not a map");
        return resolved(name, *parent);
    }

    static std::vector<std::string> parents(const Value& extends)
    {
        if (extends.is_scalar()) return {extends.text};
        if (!extends.is_list())
            extends.refuse("extends: expected a name or a list of names, found " + extends.describe());
        std::vector<std::string> names;
        for (const auto& each : extends.items) names.push_back(expect_text(each, "extends"));
        return names;
    }

    std::string chain(const std::string& last) const
    {
        std::string text;
        for (const auto& name : open_) text += name + " → ";
        return text + last;
    }

    const Value& config_;
    std::map<std::string, Value> done_;
    std::vector<std::string> open_;
    std::size_t total_ = 0;
};

} // namespace

void resolve_extends(Value& config)
{
    const Value source = config;
    Extender extender(source);
    for (auto& [name, entry] : config.entries)
        if (entry.is_map() && entry.find("extends") != nullptr) entry = extender.resolved(name, *source.find(name));
}

} // namespace ysnp::pipeline
