#include "runner/pipeline/findings.h"
#include "checks/predefined.h"
#include "runner/pipeline/keywords.h"
#include "runner/pipeline/mentions.h"
#include <algorithm>
#include <array>

namespace ysnp::pipeline {
namespace {

// `cache: []`, `services: {}` and the like need nothing; nor does `parallel: false`-like text, which is refused
// elsewhere.
bool is_empty(const Value& value)
{
    return value.is_null() || (value.is_list() && value.items.empty()) || (value.is_map() && value.entries.empty());
}

bool holds_key(const Value& value, std::string_view key)
{
    if (value.find(key) != nullptr) return true;
    for (const auto& item : value.items)
        if (holds_key(item, key)) return true;
    for (const auto& entry : value.entries)
        if (holds_key(entry.second, key)) return true;
    return false;
}

void note_undetermined(Findings& into, const Value& at, const std::string& what, std::string_view why)
{
    into.undetermined.push_back(at.place().to_string() + ": " + what + ": " + std::string(why));
}

void find_job_keyword(const JobView& job, const std::string& name, Findings& into)
{
    const auto* keyword = find_keyword(name);
    const auto value = job.keyword(name);
    if (keyword == nullptr || !value || is_empty(*value)) return;
    const auto what = job.owner(name) + ":" + name;
    if (keyword->effect == Effect::undetermined) note_undetermined(into, *value, what, keyword->text);
    if (keyword->effect == Effect::notice)
        into.notices.push_back({value->place().to_string(), what, std::string(keyword->text)});
    if (name == "rules" && holds_key(*value, "variables"))
        note_undetermined(into, *value, what, "its rules set variables, and rules are not evaluated locally");
}

void find_workflow(const Value& workflow, Findings& into)
{
    into.notices.push_back(
        {workflow.place().to_string(), "workflow", "not evaluated: the job runs as if the pipeline had been created"});
    if (holds_key(workflow, "variables"))
        note_undetermined(into, workflow, "workflow", "its rules set variables, and rules are not evaluated locally");
}

bool differs_by_pipeline(std::string_view name)
{
    static constexpr std::array<std::string_view, 11> verified{
        "CI_BUILD_ID",  "CI_BUILD_REF", "CI_BUILD_TOKEN", "CI_COMMIT_SHA",   "CI_COMMIT_SHORT_SHA", "CI_JOB_ID",
        "CI_JOB_TOKEN", "CI_JOB_URL",   "CI_PIPELINE_ID", "CI_PIPELINE_URL", "CI_REPOSITORY_URL"};
    const auto* known = checks::find_predefined(name);
    if (known == nullptr) return false;
    return known->kind == checks::VariableClass::varying || std::ranges::find(verified, name) != verified.end();
}

} // namespace

void find_moving_values(const Value& config, const JobView& job, Findings& into)
{
    for (const auto& variable : job_variables(config, job)) {
        if (variable.raw) continue;
        const auto names = references(variable.value);
        const auto moving = std::ranges::find_if(names, differs_by_pipeline);
        if (moving == names.end()) continue;
        into.notices.push_back({job.place().to_string(), job.name() + ":variables:" + variable.key,
                                "holds $" + *moving +
                                    ", which differs from pipeline to pipeline, and so will the "
                                    "job's digest: policy can name " +
                                    variable.key + " in free_variables"});
    }
}

void find_keywords(const Value& config, const JobView& job, Findings& into)
{
    for (const auto& name : job.keywords()) find_job_keyword(job, name, into);
    if (const auto* workflow = config.get("workflow")) find_workflow(*workflow, into);
    if (const auto* spec = config.get("spec"); spec != nullptr && !is_empty(*spec))
        note_undetermined(into, *spec, "spec", "inputs of a pipeline are not evaluated locally");
    if (const auto image = job.keyword("image"); image && image->is_map() && image->get("kubernetes") != nullptr)
        into.notices.push_back({image->get("kubernetes")->place().to_string(), job.owner("image") + ":image:kubernetes",
                                "not evaluated: jobs run in Docker here"});
}

void find_missing_variables(const JobView& job, const Mentions& mentions, Findings& into)
{
    auto names = unexplained(mentions.script);
    const auto add = [&](std::string_view text) {
        for (const auto& name : references(text))
            if (!is_runner_name(name)) names.insert(name);
    };
    if (mentions.image != nullptr) add(mentions.image->name);
    for (const auto& variable : mentions.variables)
        if (variable.is_public && !variable.raw) add(variable.value);
    for (const auto& variable : mentions.variables) names.erase(variable.key);
    for (const auto& name : names)
        into.undetermined.push_back(job.place().to_string() + ": $" + name +
                                    (is_gitlab_name(name)
                                         ? " is set by GitLab only."
                                         : " is defined nowhere in the file: a variable of the project or group?") +
                                    " To try the job here, give it a value under `variables:` or with -e");
}

} // namespace ysnp::pipeline
