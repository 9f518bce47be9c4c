#include "runner/job/assemble.h"
#include "gitlab-api/runner_identity.h"
#include "gitlab-api/token.h"
#include "net/failure.h"
#include "runner/job/git_sources.h"
#include "runner/job/job_log.h"
#include "runner/job/outcome.h"

namespace ysnp::job {
namespace {

Layout layout_of(const RunParts& parts)
{
    const Station& station = parts.station;
    return make_layout(station.runner.builds_dir, parts.decision.project_path,
                       gitlab::short_token(station.token.reveal()), parts.job.job_info.project_id, parts.job.id,
                       parts.slot);
}

RunnerFacts facts_of(const RunParts& parts)
{
    const Station& station = parts.station;
    RunnerFacts facts;
    facts.image = parts.decision.image.reference;
    facts.short_token = gitlab::short_token(station.token.reveal());
    facts.environment = station.runner.environment;
    facts.slot = parts.slot;
    facts.timeout_seconds = parts.job.runner_info.timeout.count();
    if (station.api.origin().secure()) facts.ca_chain = station.api.ca_chain();
    facts.version = station.plant.version;
    facts.revision = station.plant.revision;
    return facts;
}

/// The folder that GIT_CLONE_PATH asks for; `-empty` for the strategy of that name.
void place_project(Run& run)
{
    std::string folder = run.layout.project_dir;
    if (run.git.clone_path) {
        if (!run.station.runner.custom_build_dir) {
            throw JobError(
                gitlab::FailureReason::runner_configuration_error,
                "GIT_CLONE_PATH: this runner keeps each project in the folder of its own "
                "(custom_build_dir.enabled is false): remove the variable from the job, or ask who runs the runner");
        }
        try {
            folder = git::project_dir(run.git, run.layout.builds_dir, folder);
        } catch (const std::system_error& error) {
            throw JobError(gitlab::FailureReason::runner_configuration_error, error.what());
        }
    }
    if (run.git.strategy == git::Strategy::empty) folder += "-empty";
    run.layout = with_project_dir(std::move(run.layout), std::move(folder));
    run.variables.relocate(run.layout);
}

void warn_about_settings(Run& run)
{
    std::vector<std::string> warnings = run.settings.warnings;
    warnings.insert(warnings.end(), run.git.warnings.begin(), run.git.warnings.end());
    for (const std::string& name : run.variables.skipped()) {
        warnings.push_back("variable \"" + name + "\": not a name that a shell accepts; the job does not get it");
    }
    for (const std::string& name : run.variables.barely_masked()) {
        warnings.push_back("variable \"" + name + "\" is masked, but its value is shorter than " +
                           std::to_string(trace::Secrets::short_value) +
                           " characters: innocent text that holds it is masked too; use a longer value");
    }
    if (run.settings.debug_trace && run.station.runner.debug_trace_disabled) {
        warnings.push_back("CI_DEBUG_TRACE: this runner does not allow it (debug_trace_disabled)");
    }
    const bool entrypoint = run.job.image && run.job.image->entrypoint && !run.job.image->entrypoint->empty();
    if (entrypoint && run.station.runner.docker.disable_entrypoint_overwrite) {
        warnings.push_back("image.entrypoint: this runner keeps the image's own (disable_entrypoint_overwrite)");
    }
    for (const std::string& warning : warnings) run.line(trace::Style::warning, warning);
}

void refuse_unsupported(const Run& run)
{
    if (run.git.unsupported.empty()) return;
    throw JobError(gitlab::FailureReason::runner_configuration_error, run.git.unsupported.front());
}

} // namespace

std::unique_ptr<Run> assemble(RunParts parts, const Flags& flags)
{
    Layout layout = layout_of(parts);
    Variables variables(parts.job, flags, facts_of(parts), layout);
    git::VariableLookup lookup = [&variables](std::string_view name) { return variables.value(name); };
    const auto allowed = parts.job.allow_git_fetch ? git::FetchAllowed::yes : git::FetchAllowed::no;
    git::Settings git = git::parse_settings(lookup, allowed);
    const std::chrono::seconds timeout = parts.job.runner_info.timeout;
    std::unique_ptr<Run> run(new Run{.station = parts.station,
                                     .job = parts.job,
                                     .decision = parts.decision,
                                     .trace = parts.trace,
                                     .stop = parts.stop,
                                     .sources = {},
                                     .record = std::move(parts.record),
                                     .frame_key = std::move(parts.frame_key),
                                     .flags = flags,
                                     .settings = read_settings(parts.job, timeout),
                                     .git = std::move(git),
                                     .layout = std::move(layout),
                                     .variables = std::move(variables),
                                     .deadline = parts.deadline,
                                     .timeout = timeout});
    for (const std::string& value : run->variables.masked()) hide(run->trace, value);
    warn_about_settings(*run);
    refuse_unsupported(*run);
    place_project(*run);
    run->sources = parts.sources ? parts.sources(*run) : git_sources(*run); // where place_project() put it
    return run;
}

} // namespace ysnp::job
