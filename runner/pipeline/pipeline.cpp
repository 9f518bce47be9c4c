#include "runner/pipeline/pipeline.h"
#include "runner/pipeline/commands.h"
#include "runner/pipeline/duration.h"
#include "runner/pipeline/extend.h"
#include "runner/pipeline/findings.h"
#include "runner/pipeline/include.h"
#include "runner/pipeline/keywords.h"
#include "runner/pipeline/nested_variables.h"
#include "runner/pipeline/payload_writer.h"
#include "runner/pipeline/predefined_variables.h"
#include "runner/pipeline/scalar.h"
#include "runner/pipeline/stages.h"
#include <algorithm>

namespace ysnp::pipeline {
namespace {

bool is_hidden(std::string_view name) { return name.starts_with('.'); }

void check_top_level(const Value& config)
{
    for (const auto& [name, value] : config.entries) {
        if (is_global_keyword(name) || is_hidden(name) || value.is_map() || value.is_reference()) continue;
        const bool keyword = find_keyword(name) != nullptr;
        value.refuse("\"" + name + "\": expected a job, which is a map with a `script`, found " + value.describe() +
                     (keyword ? ": `" + name + "` belongs into a job" : ""));
    }
    const auto* defaults = config.get("default");
    if (defaults == nullptr) return;
    if (!defaults->is_map()) defaults->refuse("default: expected a map, found " + defaults->describe());
    for (const auto& [name, value] : defaults->entries)
        if (const auto* known = find_keyword(name); known == nullptr || !known->in_default)
            value.refuse("default: \"" + name + "\" cannot stand here");
}

std::chrono::seconds timeout_of(const JobView& job, std::chrono::seconds usual)
{
    const auto value = job.keyword("timeout");
    if (!value) return usual;
    const auto timeout = parse_duration(expect_text_or_integer(*value, "job \"" + job.name() + "\": timeout"));
    if (!timeout)
        job.refuse(*value, "timeout: expected a time such as 3h 30m of at most a month, found \"" + value->text + "\"");
    return *timeout;
}

// before_script and script are one script; a job without a script is none.
std::vector<std::string> script_of(const JobView& job)
{
    auto lines = commands(job, "before_script");
    const auto own = commands(job, "script");
    if (own.empty()) {
        const std::string text = "job \"" + job.name() + "\": ";
        if (job.keyword("trigger"))
            throw PipelineError(job.place(), text + "it starts another pipeline, which only GitLab can");
        if (job.keyword("run"))
            throw PipelineError(job.place(), text + "CI steps (`run`) are not executed by this runner");
        throw PipelineError(job.place(), text + "it has no `script`");
    }
    lines.insert(lines.end(), own.begin(), own.end());
    return lines;
}

std::vector<NamedValue> variables_of(const Value& config, const JobView& job, const Context& context,
                                     const Evaluated& so_far)
{
    auto all = predefined_variables(context, so_far.name, so_far.stage, so_far.timeout);
    auto own = job_variables(config, job);
    all.insert(all.end(), own.begin(), own.end());
    for (const auto& [key, value] : context.variables) all.push_back({key, value});
    return with_nested_values(std::move(all), job.place());
}

Evaluated evaluate(const Value& config, const JobView& job, const Context& context)
{
    Evaluated result;
    result.name = job.name();
    result.stage = stage_of(config, job);
    result.timeout = timeout_of(job, context.timeout);
    result.script = script_of(job);
    result.after_script = commands(job, "after_script");
    result.pre_get_sources = pre_get_sources(job);
    result.image = image_of(job);
    result.variables = variables_of(config, job, context, result);
    return result;
}

Mentions mentions_of(const Evaluated& job)
{
    Mentions mentions;
    mentions.script = job.script;
    mentions.script.insert(mentions.script.end(), job.after_script.begin(), job.after_script.end());
    mentions.script.insert(mentions.script.end(), job.pre_get_sources.begin(), job.pre_get_sources.end());
    if (job.image) mentions.image = &*job.image;
    mentions.variables = job.variables;
    return mentions;
}

} // namespace

struct Pipeline::Impl {
    std::string path;
    Value config;
    std::vector<std::string> undetermined; // for any job

    const Value& job(std::string_view name) const
    {
        const auto* found = config.get(name);
        const std::string quoted = "\"" + std::string(name) + "\"";
        if (found == nullptr || is_global_keyword(name))
            throw PipelineError({path, 0, 0}, "there is no job " + quoted + ": the file has " + list());
        if (is_hidden(name)) found->refuse(quoted + " is hidden: a name with a dot in front is a template, not a job");
        if (!found->is_map()) found->refuse(quoted + ": expected a map, found " + found->describe());
        return *found;
    }

    std::vector<std::string> jobs() const
    {
        std::vector<std::string> names;
        for (const auto& [name, value] : config.entries)
            if (value.is_map() && !is_hidden(name) && !is_global_keyword(name)) names.push_back(name);
        return names;
    }

    std::string list() const
    {
        std::string text;
        for (const auto& name : jobs()) text += (text.empty() ? "" : ", ") + name;
        return text.empty() ? "none" : text;
    }
};

Pipeline::Pipeline(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Pipeline::~Pipeline() = default;
Pipeline::Pipeline(Pipeline&&) noexcept = default;

Pipeline Pipeline::load(const FileReader& read, const FileLister& list, const std::string& path)
{
    auto impl = std::make_unique<Impl>();
    impl->path = path;
    auto included = read_with_includes(read, list, path);
    impl->config = std::move(included.config);
    impl->undetermined = std::move(included.undetermined);
    resolve_extends(impl->config);
    check_top_level(impl->config);
    return Pipeline(std::move(impl));
}

std::vector<std::string> Pipeline::jobs() const { return impl_->jobs(); }

std::string Pipeline::stage(std::string_view name) const
{
    return stage_of(impl_->config, JobView(impl_->config, std::string(name), impl_->job(name)));
}

LocalJob Pipeline::build(std::string_view name, const Context& context) const
{
    const JobView job(impl_->config, std::string(name), impl_->job(name));
    const auto evaluated = evaluate(impl_->config, job, context);
    Findings findings;
    findings.undetermined = impl_->undetermined;
    find_keywords(impl_->config, job, findings);
    find_artifacts_of_others(impl_->config, job, findings);
    find_moving_values(impl_->config, job, findings);
    find_missing_variables(job, mentions_of(evaluated), findings);
    LocalJob result;
    result.payload = write_payload(evaluated, context);
    result.notices = std::move(findings.notices);
    result.undetermined = std::move(findings.undetermined);
    return result;
}

} // namespace ysnp::pipeline
