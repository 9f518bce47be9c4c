#include "runner/pipeline/job_variables.h"
#include "runner/pipeline/reference.h"
#include "runner/pipeline/scalar.h"
#include <algorithm>

namespace ysnp::pipeline {
namespace {

void refuse_unknown(const Value& value, const std::string& what)
{
    for (const auto& [key, each] : value.entries)
        if (key != "value" && key != "description" && key != "options" && key != "expand")
            each.refuse(what + ": unknown key \"" + key + "\"");
}

NamedValue read(const std::string& key, const Value& value)
{
    const std::string what = "variables:" + key;
    NamedValue result;
    result.key = key;
    if (value.is_map()) {
        refuse_unknown(value, what);
        if (const auto* text = value.get("value")) result.value = expect_text_or_integer(*text, what);
        if (const auto* expand = value.get("expand")) result.raw = !expect_flag(*expand, what + ":expand");
    } else {
        if (value.is_null()) value.refuse(what + ": expected a string, found nothing: write \"\" for an empty one");
        result.value = expect_text_or_integer(value, what);
    }
    return result;
}

void add(std::vector<NamedValue>& all, NamedValue variable)
{
    const auto found = std::ranges::find(all, variable.key, &NamedValue::key);
    if (found == all.end())
        all.push_back(std::move(variable));
    else
        *found = std::move(variable);
}

} // namespace

std::vector<NamedValue> job_variables(const Value& config, const JobView& job)
{
    std::vector<NamedValue> all;
    if (const auto* global = config.get("variables")) {
        const auto resolved = resolve_references(*global, config);
        if (!resolved.is_map()) resolved.refuse("variables: expected a map, found " + resolved.describe());
        for (const auto& [key, value] : resolved.entries)
            if (job.inherits_variable(key)) add(all, read(key, value));
    }
    if (const auto own = job.keyword("variables")) {
        if (!own->is_map()) job.refuse(*own, "variables: expected a map, found " + own->describe());
        for (const auto& [key, value] : own->entries) add(all, read(key, value));
    }
    return all;
}

} // namespace ysnp::pipeline
