#include "runner/pipeline/stages.h"
#include "runner/pipeline/reference.h"
#include "runner/pipeline/scalar.h"
#include <algorithm>

namespace ysnp::pipeline {

std::vector<std::string> stages_of(const Value& config)
{
    std::vector<std::string> stages = {".pre"};
    const auto* written = config.get("stages");
    if (written == nullptr) written = config.get("types"); // the old name
    if (written == nullptr) {
        stages.insert(stages.end(), {"build", "test", "deploy"});
    } else {
        const auto list = resolve_references(*written, config);
        if (!list.is_list()) list.refuse("stages: expected a list of names, found " + list.describe());
        for (const auto& each : list.items) {
            auto name = expect_text_or_integer(each, "stages");
            if (name != ".pre" && name != ".post") stages.push_back(std::move(name));
        }
    }
    stages.emplace_back(".post");
    return stages;
}

std::string stage_of(const Value& config, const JobView& job)
{
    const auto value = job.keyword("stage");
    const auto stage =
        value ? expect_text_or_integer(*value, "job \"" + job.name() + "\": stage") : std::string("test");
    const auto stages = stages_of(config);
    if (std::ranges::find(stages, stage) != stages.end()) return stage;
    std::string known;
    for (const auto& each : stages) known += (known.empty() ? "" : ", ") + each;
    const std::string text = "there is no stage \"" + stage + "\": the file has " + known;
    if (value) job.refuse(*value, text);
    throw PipelineError(job.place(), "job \"" + job.name() + "\": " + text);
}

} // namespace ysnp::pipeline
