#include "runner/job/job_log.h"
#include "checks/report.h"
#include "gitlab-api/token.h"

namespace ysnp::job {
namespace {

void hide(trace::Trace& trace, std::string_view value)
{
    if (!value.empty()) trace.add_secret(value);
}

} // namespace

std::unique_ptr<trace::Trace> open_trace(const Station& station, const gitlab::Job& job, const Flags& flags,
                                         Timestamps timestamps)
{
    trace::TraceOptions options;
    options.output_limit = station.runner.output_limit.bytes;
    options.timestamps = timestamps == Timestamps::as_flagged && flags.is_on("FF_TIMESTAMPS");
    options.sections = job.features.trace_sections;
    options.token_mask_prefixes = job.features.token_mask_prefixes;
    const bool all = flags.is_on("FF_MASK_ALL_DEFAULT_TOKENS");
    options.default_tokens = all ? trace::TokenShapes::Defaults::all : trace::TokenShapes::Defaults::glpat_only;
    options.spool_folder = station.plant.runtime_dir;
    auto trace = std::make_unique<trace::Trace>(std::move(options));
    hide(*trace, job.token.reveal());
    hide(*trace, station.token.reveal());
    hide(*trace, job.git_info.repo_password.reveal());
    for (const gitlab::Credential& credential : job.credentials) hide(*trace, credential.password.reveal());
    for (const gitlab::Dependency& dependency : job.dependencies) hide(*trace, dependency.token.reveal());
    for (const gitlab::Variable& variable : job.variables) {
        if (variable.masked) hide(*trace, variable.value);
    }
    return trace;
}

void print_header(trace::Trace& trace, const Station& station, const Flags& flags)
{
    const Plant& plant = station.plant;
    trace.runner_line(trace::Style::plain, "Running with ysnprunner " + plant.version + " (" + plant.revision + ")");
    trace.runner_line(trace::Style::plain, "  on " + station.runner.name + " " +
                                               gitlab::short_token(station.token.reveal()) +
                                               ", system ID: " + plant.system_id);
    const std::string changed = flags.changed();
    if (!changed.empty()) trace.runner_line(trace::Style::plain, "  feature flags: " + changed);
}

void print_decision(trace::Trace& trace, const gitlab::Job& job, const checks::Decision& decision,
                    const audit::Position& record)
{
    checks::ReportContext context;
    context.project = decision.project_path;
    context.job = decision.job_name;
    context.ref = job.git_info.ref;
    const std::string* user = gitlab::find_variable(job, "GITLAB_USER_LOGIN");
    if (user != nullptr) context.user = *user;
    context.audit_id = std::to_string(record.seq);
    std::string box = checks::render_box(decision, context, checks::Charset::utf8, checks::Colour::ansi);
    while (box.ends_with('\n')) box.pop_back();
    trace.runner_line(trace::Style::none, box);
}

} // namespace ysnp::job
