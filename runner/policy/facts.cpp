#include "runner/policy/facts.h"
#include "checks/expand.h"
#include "checks/image_text.h"
#include "gitlab-api/payload.h"
#include "net/url.h"
#include <algorithm>

namespace ysnp::policy {
namespace {

using checks::JobFacts;

void object(JobFacts& facts, const char* code, std::string expected, std::string found, std::string remedy)
{
    const char* check = std::string_view(code) == "PAY-FIELD" ? "payload" : "identity";
    facts.objections.push_back({code, check, std::move(expected), std::move(found), std::move(remedy)});
}

std::optional<net::Url> url_or_nothing(std::string_view text)
{
    try {
        return net::parse_url(text);
    } catch (const std::system_error&) {
        return std::nullopt;
    }
}

std::string without_slashes(std::string path)
{
    while (path.ends_with('/')) path.pop_back();
    return path;
}

/// scheme, host, port where it is not the default, and the path without a slash at the end
std::string normal(const net::Url& url)
{
    return url.origin.scheme + "://" + url.origin.host_header() + without_slashes(url.path);
}

/// The project's path as the repository's address has it: only for a GitLab that sends no typed field.
std::string path_from_repository(const net::Url& repository, const net::Url& server)
{
    const std::string base = without_slashes(server.path) + "/";
    std::string_view path = repository.path;
    if (!path.starts_with(base) || !path.ends_with(".git")) return {};
    path.remove_prefix(base.size());
    path.remove_suffix(4);
    return std::string(path);
}

void add_identity(JobFacts& facts, const gitlab::Job& job, const Surroundings& around)
{
    const auto server = url_or_nothing(around.gitlab_url);
    const auto repository = url_or_nothing(job.git_info.repo_url);
    if (server) facts.server_url = normal(*server);
    if (job.job_info.project_full_path) {
        facts.project_path = *job.job_info.project_full_path;
    } else if (server && repository) {
        facts.project_path = path_from_repository(*repository, *server);
    }
    try {
        facts.project_namespace = ProjectPath(facts.project_path).name_space();
    } catch (const std::system_error&) {
        object(facts, "PAY-IDENT", "a project's path such as group/project", facts.project_path,
               "look at the project's path in GitLab; if it is fine, treat GitLab's answer as forged");
    }
    const std::string expected = facts.server_url + "/" + facts.project_path + ".git";
    const bool same = server && repository && repository->origin == server->origin && normal(*repository) == expected &&
                      repository->query.empty();
    if (!same)
        object(facts, "GIT-URL", expected, job.git_info.repo_url,
               "`url` in the runner's configuration must be GitLab's external URL");
    if (job.job_info.id != job.id)
        object(facts, "PAY-IDENT", "job_info.id = " + std::to_string(job.id), std::to_string(job.job_info.id),
               "treat GitLab's answer as forged");
}

/// `https://user:password@host/path.git`, as CI_REPOSITORY_URL has it.
bool is_repository_url(std::string_view value, const gitlab::GitInfo& git)
{
    const auto scheme = git.repo_url.find("://");
    if (scheme == std::string::npos) return false;
    const std::string_view url = git.repo_url;
    std::string full(url.substr(0, scheme + 3));
    full += git.repo_user;
    if (!git.repo_password.empty()) full += ":" + std::string(git.repo_password.reveal());
    if (!git.repo_user.empty()) full += "@";
    full += url.substr(scheme + 3);
    const bool same = value == full;
    wipe(full);
    return same;
}

/// The job token is part of a text that is otherwise somebody's own. A shorter token would be found by chance.
bool holds_token(std::string_view value, const gitlab::Job& job)
{
    constexpr std::size_t shortest = 8;
    const std::string_view token = job.token.reveal();
    return token.size() >= shortest && value.find(token) != std::string_view::npos;
}

checks::Variable variable_of(const gitlab::Variable& from, const gitlab::Job& job)
{
    checks::Variable to{from.key, {}, from.is_public, from.masked, from.file, from.raw, checks::Evidence::none};
    if (!job.token.empty() && from.value == job.token.reveal()) {
        to.evidence = checks::Evidence::job_token;
    } else if (is_repository_url(from.value, job.git_info)) {
        to.evidence = checks::Evidence::repository_url;
    } else if (holds_token(from.value, job)) {
        to.evidence = checks::Evidence::within;
    } else {
        to.value = from.value;
    }
    return to;
}

checks::Image image_of(const gitlab::Image& from)
{
    checks::Image to;
    to.name = from.name;
    to.entrypoint = from.entrypoint;
    to.user = from.docker_user.value_or("");
    to.platform = from.docker_platform.value_or("");
    to.pull_policy = from.pull_policy;
    for (const gitlab::Port& port : from.ports) to.ports.push_back({port.number, port.protocol, port.name});
    return to;
}

checks::Image service_of(const gitlab::Service& from)
{
    checks::Image to = image_of(from);
    to.command = from.command;
    to.alias = from.alias.value_or("");
    for (const gitlab::ServiceVariable& variable : from.variables) {
        checks::Variable copy;
        copy.key = variable.key;
        copy.value = variable.value;
        to.variables.push_back(std::move(copy));
    }
    return to;
}

std::string type_of(gitlab::InputType type)
{
    constexpr const char* names[] = {"string", "number", "boolean", "array", "struct"};
    return names[static_cast<int>(type)];
}

void add_execution(JobFacts& facts, const gitlab::Job& job)
{
    if (job.image) facts.image = image_of(*job.image);
    for (const auto& service : job.services) facts.services.push_back(service_of(service));
    for (const auto& step : job.steps)
        facts.steps.push_back({step.name, step.script, std::string(to_string(step.when)), step.allow_failure});
    for (const auto& hook : job.hooks) facts.hooks.push_back({hook.name, hook.script});
    for (const auto& input : job.inputs)
        facts.inputs.push_back({input.key, type_of(input.type), input.content, input.sensitive});
    for (const auto& cache : job.cache)
        facts.cache.push_back({cache.key, cache.paths, cache.fallback_keys, cache.untracked, cache.policy,
                               std::string(to_string(cache.when))});
    for (const auto& rule : job.artifacts)
        facts.artifacts.push_back({rule.name.value_or(""), rule.paths, rule.exclude, rule.untracked,
                                   std::string(to_string(rule.when)), rule.expire_in.value_or(""),
                                   rule.type.value_or(""), rule.format.value_or("")});
    for (const auto& dependency : job.dependencies) facts.dependencies.push_back(dependency.name);
    for (const auto& variable : job.variables) facts.variables.push_back(variable_of(variable, job));
    for (const auto& field : job.unknown_fields) facts.unknown_fields.push_back(field.path);
}

/// No name, or one that expands to nothing: the runner's own image runs, so that one is judged.
void settle_image(JobFacts& facts, const std::string& default_image)
{
    const std::vector<checks::Variable> variables = checks::expansion_variables(facts);
    const checks::Expander expand(variables);
    if (facts.image && !expand(facts.image->name).empty()) return;
    if (default_image.empty()) return;
    if (!facts.image) facts.image.emplace();
    facts.image->name = default_image;
}

/// GitLab's claim; an override makes it worthless.
std::string pipeline_source(const gitlab::Job& job)
{
    const auto is_source = [](const gitlab::Variable& variable) { return variable.key == "CI_PIPELINE_SOURCE"; };
    const auto first = std::find_if(job.variables.begin(), job.variables.end(), is_source);
    return std::count_if(job.variables.begin(), job.variables.end(), is_source) == 1 ? first->value : "";
}

/// Fields that decode, and that nothing here may act on.
void object_to_fields(JobFacts& facts, const gitlab::Job& job)
{
    if (job.run)
        object(facts, "PAY-FIELD", "no `run`", "run", "use `script:`: this runner does not run CI steps (`run:`)");
    for (const gitlab::SecretRequest& secret : job.secrets)
        object(facts, "PAY-FIELD", "no secret servers named by the job", "secrets." + secret.variable,
               "use a masked variable, or let the job fetch the secret itself with an ID token");
    if (job.suspend_options && job.suspend_options->runtime_environment_key)
        object(facts, "PAY-FIELD", "no suspended environment", "suspend_options.runtime_environment_key",
               "remove the keyword that makes GitLab send it");
}

} // namespace

checks::LocalRules local_rules(const conf::Gate& gate)
{
    checks::LocalRules rules;
    rules.mode = gate.mode == conf::GateMode::learn ? checks::Mode::learn : checks::Mode::enforce;
    if (gate.learn_until) rules.learn_until = *gate.learn_until + std::chrono::days(1) - std::chrono::seconds(1);
    rules.legacy_script_hash = gate.legacy_script_hash;
    rules.legacy_profiles = gate.legacy_profiles;
    rules.accept_fields = gate.accept_fields;
    rules.predefined_variables = gate.predefined_variables;
    rules.projects = gate.projects;
    rules.audience = gate.vault.id_token.audience;
    rules.weakenings = gate.weakenings();
    return rules;
}

JobFacts facts_of(const gitlab::Job& job, const Surroundings& around)
{
    JobFacts facts;
    facts.local = local_rules(around.gate);
    facts.local_variables = around.environment;
    facts.project_id = job.job_info.project_id;
    facts.job_id = job.id;
    facts.pipeline_id = job.job_info.pipeline_id.value_or(0);
    facts.job_name = job.job_info.name;
    facts.stage = job.job_info.stage;
    facts.ref = job.git_info.ref;
    facts.sha = job.git_info.sha;
    facts.ref_type = job.git_info.ref_type == gitlab::RefType::tag ? "tag" : "branch";
    facts.ref_protected = job.git_info.is_protected;
    facts.user_id = job.job_info.user_id;
    facts.pipeline_source = pipeline_source(job);
    add_identity(facts, job, around);
    add_execution(facts, job);
    settle_image(facts, around.default_image);
    object_to_fields(facts, job);
    return facts;
}

} // namespace ysnp::policy
