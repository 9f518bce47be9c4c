#include "runner/pipeline/findings.h"
#include "runner/pipeline/keywords.h"
#include "runner/pipeline/scalar.h"
#include "runner/pipeline/stages.h"
#include <algorithm>

namespace ysnp::pipeline {
namespace {

std::vector<std::string> names_in(const Value& list)
{
    std::vector<std::string> names;
    for (const auto& item : list.items)
        if (item.is_scalar()) names.push_back(item.text);
    return names;
}

// `needs: [a, {job: b, artifacts: false}]`
std::vector<std::string> needed(const Value& needs)
{
    std::vector<std::string> names;
    for (const auto& item : needs.items) {
        if (item.is_scalar()) names.push_back(item.text);
        const auto* job = item.get("job");
        const auto* artifacts = item.get("artifacts");
        const bool without = artifacts != nullptr && artifacts->is_scalar() && artifacts->text == "false";
        if (job != nullptr && job->is_scalar() && !without) names.push_back(job->text);
    }
    return names;
}

bool is_job(const std::string& name, const Value& value)
{
    return value.is_map() && !name.starts_with('.') && !is_global_keyword(name);
}

std::string plain_stage(const Value& job)
{
    const auto* stage = job.get("stage");
    return stage != nullptr && stage->is_scalar() ? stage->text : "test";
}

std::vector<std::string> earlier(const Value& config, const JobView& job)
{
    const auto stages = stages_of(config);
    const auto position = [&](const std::string& stage) { return std::ranges::find(stages, stage) - stages.begin(); };
    const auto own = position(stage_of(config, job));
    std::vector<std::string> names;
    for (const auto& [name, value] : config.entries)
        if (is_job(name, value) && position(plain_stage(value)) < own) names.push_back(name);
    return names;
}

std::vector<std::string> sources(const Value& config, const JobView& job)
{
    if (const auto dependencies = job.keyword("dependencies"); dependencies && dependencies->is_list())
        return names_in(*dependencies);
    if (const auto needs = job.keyword("needs"); needs && needs->is_list()) return needed(*needs);
    return earlier(config, job);
}

bool makes_artifacts(const Value& config, const Value& job)
{
    const auto* artifacts = job.get("artifacts");
    const auto* defaults = config.get("default");
    if (artifacts == nullptr && defaults != nullptr) artifacts = defaults->get("artifacts");
    return artifacts != nullptr && !(artifacts->is_map() && artifacts->entries.empty());
}

} // namespace

void find_artifacts_of_others(const Value& config, const JobView& job, Findings& into)
{
    for (const auto& name : sources(config, job)) {
        const auto* other = config.get(name);
        if (other == nullptr || !other->is_map() || name == job.name() || !makes_artifacts(config, *other)) continue;
        into.undetermined.push_back(other->place().to_string() + ": job \"" + name +
                                    "\" makes artifacts, which GitLab brings into \"" + job.name() +
                                    "\" and this runner does not yet: `dependencies: []` in the job does without them");
    }
}

} // namespace ysnp::pipeline
