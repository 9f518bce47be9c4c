#include "runner/job/user_stages.h"
#include "runner/job/script_stage.h"
#include <algorithm>
#include <cctype>

namespace ysnp::job {
namespace {

namespace asio = boost::asio;
using gitlab::FailureReason;

constexpr std::string_view after_script = "after_script";

std::string stage_name(const gitlab::Step& step)
{
    std::string name = "step_" + step.name;
    std::ranges::transform(name, name.begin(),
                           [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
    return name;
}

ScriptCall call_of(const Run& run, const gitlab::Step& step)
{
    const conf::Runner& runner = run.station.runner;
    ScriptCall call;
    ScriptPart before{"section_pre_build_script", {}}, own{"section_script_step", step.script},
        after{"section_post_build_script", {}};
    if (!runner.pre_build_script.empty()) before.items.push_back(runner.pre_build_script);
    if (!runner.post_build_script.empty()) after.items.push_back(runner.post_build_script);
    // GitLab leaves the variables of `release:` to the runner.
    if (step.name == "release") {
        for (std::string& item : own.items) item = run.variables.expand_script(item);
    }
    call.parts = {std::move(before), std::move(own), std::move(after)};
    return call;
}

Outcome outcome_of_script(const Run& run, const agent::StageResult& result)
{
    if (result.how == agent::How::stopped && run.stop.canceled()) {
        return {.success = false, .reason = FailureReason::job_canceled, .text = "canceled"};
    }
    try {
        require_success(result);
        return {.success = true};
    } catch (const JobError& error) {
        return {.success = false, .reason = error.reason(), .exit_code = error.exit_code(), .text = error.what()};
    }
}

void explain(Run& run, const agent::StageResult& result, std::string_view stage)
{
    if (result.how == agent::How::stopped) run.line(trace::Style::warning, "script canceled externally (UI, API)");
    if (result.how != agent::How::timed_out) return;
    run.line(trace::Style::warning,
             std::string(stage) +
                 " could not run to completion because the timeout was exceeded. For more control over job "
                 "and script timeouts see: https://docs.gitlab.com/ci/runners/configure_runners/"
                 "#set-script-and-after_script-timeouts");
}

asio::awaitable<Outcome> run_steps(Run& run, Workplace& place)
{
    const auto limit = run.settings.script_timeout;
    const Deadline until = limit ? std::min(run.deadline, in(*limit)) : run.deadline;
    for (const gitlab::Step& step : run.job.steps) {
        if (step.name == after_script) continue;
        if (run.stop.canceled()) co_return Outcome{.reason = FailureReason::job_canceled, .text = "canceled"};
        const std::string name = stage_name(step);
        co_await run.record({{state::Step::stage, name}});
        const Section section(run.trace, name, "Executing \"" + name + "\" stage of the job script");
        const agent::StageResult result = co_await run_script(run, place, call_of(run, step), until);
        explain(run, result, name);
        if (result.survivors > 0) {
            throw JobError(FailureReason::runner_system_failure, "processes of the job could not be killed");
        }
        const Outcome outcome = outcome_of_script(run, result);
        if (!outcome.success) co_return outcome;
    }
    co_return Outcome{.success = true};
}

std::string status_of(const Run& run, const Outcome& outcome)
{
    if (run.stop.canceled()) return "canceled";
    if (outcome.success) return "success";
    return outcome.reason == FailureReason::job_execution_timeout ? "timedout" : "failed";
}

asio::awaitable<Outcome> run_after_script(Run& run, Workplace& place, const gitlab::Step& step, Outcome outcome)
{
    ScriptCall call;
    call.parts.push_back({"section_after_script_step", step.script});
    call.first_line = "Running after script...";
    call.status = status_of(run, outcome);
    co_await run.record({{state::Step::stage, std::string(after_script)}});
    const Section section(run.trace, std::string(after_script), "Running after_script");
    const Deadline until = std::min(run.deadline, in(run.settings.after_script_timeout));
    const agent::StageResult result = co_await run_script(run, place, std::move(call), until);
    explain(run, result, after_script);
    if (result.succeeded()) co_return outcome;
    const Outcome after = outcome_of_script(run, result);
    if (!run.settings.after_script_ignore_errors && outcome.success) co_return after;
    run.line(trace::Style::warning, "after_script failed, but job will continue unaffected: " + after.text);
    co_return outcome;
}

} // namespace

asio::awaitable<Outcome> run_user_stages(Run& run, Workplace& place)
{
    run.stop.scripts_begin([&place] { place.session().request_stop(stop_grace); });
    Outcome outcome = co_await run_steps(run, place);
    run.stop.scripts_end();
    const auto step = std::ranges::find(run.job.steps, after_script, &gitlab::Step::name);
    if (step == run.job.steps.end() || step->script.empty()) co_return outcome;
    co_return co_await run_after_script(run, place, *step, std::move(outcome));
}

} // namespace ysnp::job
