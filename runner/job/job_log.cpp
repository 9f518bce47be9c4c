#include "runner/job/job_log.h"
#include "gitlab-api/token.h"
#include <algorithm>

namespace ysnp::job {
namespace {

/// A line shorter than this may be innocent text: "}" or "-----".
constexpr std::size_t shortest_line = 12;

/// So much of a record's hash nobody guesses: it holds the hash of the record before, which no job sees.
constexpr std::size_t tag_digits = 12;

bool is_base64url(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '_';
}

/// A JSON Web Token: three parts in base64url, the first of which begins with `{"`.
bool is_id_token(std::string_view value)
{
    const auto dots = std::ranges::count(value, '.');
    return dots == 2 && value.starts_with("eyJ") &&
           std::ranges::all_of(value, [](char byte) { return byte == '.' || is_base64url(byte); });
}

/// What is a credential whatever GitLab says about masking it.
bool is_credential(const gitlab::Variable& variable)
{
    static constexpr std::string_view names[]{"CI_JOB_TOKEN", "CI_JOB_JWT", "CI_REGISTRY_PASSWORD",
                                              "CI_DEPENDENCY_PROXY_PASSWORD", "CI_DEPLOY_PASSWORD"};
    return variable.masked || std::ranges::find(names, variable.key) != std::end(names) || is_id_token(variable.value);
}

} // namespace

void hide(trace::Trace& trace, std::string_view value)
{
    if (value.empty()) return;
    trace.add_secret(value);
    if (value.find('\n') == std::string_view::npos) return;
    for (std::size_t begin = 0; begin < value.size();) {
        const std::size_t end = std::min(value.find('\n', begin), value.size());
        if (end - begin >= shortest_line) trace.add_secret(value.substr(begin, end - begin));
        begin = end + 1;
    }
}

void hide_token(trace::Trace& trace, const Secret& token)
{
    if (!token.empty()) trace.add_secret(token.reveal(), trace::Secrets::Forms::encoded);
}

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
    hide_token(*trace, job.token);
    hide_token(*trace, station.token);
    hide_token(*trace, job.git_info.repo_password);
    for (const gitlab::Credential& credential : job.credentials) hide_token(*trace, credential.password);
    for (const gitlab::Dependency& dependency : job.dependencies) hide_token(*trace, dependency.token);
    for (const gitlab::Variable& variable : job.variables) {
        if (is_credential(variable)) hide(*trace, variable.value);
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
    for (const std::string& weakening : station.runner.gate.weakenings())
        trace.runner_line(trace::Style::error, "  " + weakening);
}

void print_decision(trace::Trace& trace, const gitlab::Job& job, const checks::Decision& decision,
                    const audit::Position& record, checks::Charset charset)
{
    checks::ReportContext context;
    context.project = decision.project_path;
    context.job = decision.job_name;
    context.ref = job.git_info.ref;
    const std::string* user = gitlab::find_variable(job, "GITLAB_USER_LOGIN");
    if (user != nullptr) context.user = *user;
    context.audit_id = std::to_string(record.seq);
    context.tag = record.hash.substr(0, tag_digits);
    std::string box = checks::render_box(decision, context, charset, checks::Colour::ansi);
    while (box.ends_with('\n')) box.pop_back();
    trace.runner_line(trace::Style::none, box);
}

} // namespace ysnp::job
