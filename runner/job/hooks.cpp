#include "runner/job/hooks.h"
#include "runner/job/outcome.h"
#include "runner/job/script_stage.h"

namespace ysnp::job {
namespace {

std::vector<std::string> of_job(const Run& run, std::string_view name)
{
    std::vector<std::string> items;
    for (const gitlab::Hook& hook : run.job.hooks) {
        if (hook.name == name) items.insert(items.end(), hook.script.begin(), hook.script.end());
    }
    return items;
}

ScriptPart part_of(const Run& run, Hook hook)
{
    const conf::Runner& runner = run.station.runner;
    ScriptPart part;
    if (hook == Hook::pre_get_sources) {
        part = {"section_pre_clone_script", of_job(run, "pre_get_sources_script")};
        if (!runner.pre_get_sources_script.empty())
            part.items.insert(part.items.begin(), runner.pre_get_sources_script);
    } else {
        part = {"section_post_clone_script", of_job(run, "post_get_sources_script")};
        if (!runner.post_get_sources_script.empty()) part.items.push_back(runner.post_get_sources_script);
    }
    return part;
}

} // namespace

boost::asio::awaitable<void> run_hook(Run& run, Workplace& place, Hook hook)
{
    ScriptPart part = part_of(run, hook);
    if (part.items.empty()) co_return;
    ScriptCall call;
    call.parts.push_back(std::move(part));
    const agent::StageResult result = co_await run_script(run, place, std::move(call), run.deadline);
    require_success(result);
}

} // namespace ysnp::job
