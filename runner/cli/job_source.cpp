#include "runner/cli/job_source.h"
#include "conf/secret_file.h"
#include "gitlab-api/decode.h"
#include "net/url.h"
#include "runner/git/source_fault.h"
#include "runner/host/log.h"
#include <algorithm>
#include <cctype>
#include <iostream>
#include <iterator>

namespace ysnp::cli {
namespace {

constexpr std::size_t most_payload_bytes = 64u << 20;
constexpr const char* local_server = "https://gitlab.local";

std::string read_payload(const std::string& file)
{
    if (file == "-") return {std::istreambuf_iterator<char>(std::cin), {}};
    std::string error;
    auto text = conf::read_small_file(file, most_payload_bytes, error);
    if (!text) throw CommandError(configuration, file + ": " + error);
    return std::move(*text);
}

gitlab::Job decoded(const std::string& text, const std::string& where, ExitCode refused)
{
    try {
        return gitlab::decode(text);
    } catch (const gitlab::PayloadError& error) {
        throw CommandError(refused, where + ": " + error.message() + " (" + gitlab::to_code(error.refusal()) + ")");
    }
}

net::Origin origin_of(const std::string& url)
{
    try {
        return net::parse_url(url).origin;
    } catch (const std::system_error&) {
        return {};
    }
}

/// An entry that stands for the GitLab of a job that no configured runner serves.
conf::Runner* stand_in(conf::Config& config, const std::string& url)
{
    conf::Runner runner;
    runner.name = "local";
    runner.url = url;
    runner.gate = config.gate;
    if (!config.runners.empty()) runner.docker = config.runners.front().docker;
    config.runners.push_back(std::move(runner));
    return &config.runners.back();
}

conf::Runner* serving(conf::Config& config, const gitlab::Job& job)
{
    const net::Origin origin = origin_of(job.git_info.repo_url);
    for (conf::Runner& runner : config.runners)
        if (origin_of(runner.url) == origin) return &runner;
    return stand_in(config, origin.to_string());
}

std::string list(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
}

std::string the_job(const pipeline::Pipeline& pipeline, const std::string& wanted)
{
    const auto jobs = pipeline.jobs();
    if (wanted.empty() && jobs.size() == 1) return jobs.front();
    if (wanted.empty()) throw CommandError(configuration, "name the job; .gitlab-ci.yml has " + list(jobs));
    if (std::find(jobs.begin(), jobs.end(), wanted) == jobs.end())
        throw CommandError(configuration,
                           ".gitlab-ci.yml has no job " + conf::in_quotes(wanted) + "; it has " + list(jobs));
    return wanted;
}

/// NAME=VALUE as -e takes it.
std::pair<std::string, std::string> named_value(const std::string& text)
{
    const auto equals = text.find('=');
    const std::string name = text.substr(0, equals);
    const auto fits = [](unsigned char letter) { return letter == '_' || std::isalnum(letter); };
    const bool good = !name.empty() && !std::isdigit(static_cast<unsigned char>(name.front())) &&
                      std::all_of(name.begin(), name.end(), fits);
    if (equals == std::string::npos || !good)
        throw CommandError(usage, "-e: expected NAME=VALUE, found " + conf::in_quotes(text));
    return {name, text.substr(equals + 1)};
}

ChosenJob local_job(const JobChoice& choice, conf::Config& config)
{
    ChosenJob chosen;
    chosen.runner = local_runner(config);
    chosen.project = open_project(std::filesystem::current_path(), choice.project, choice.files);
    chosen.project->context.server_url = chosen.runner->url;
    for (const std::string& variable : choice.variables)
        chosen.project->context.variables.push_back(named_value(variable));
    while (chosen.project->context.server_url.ends_with('/')) chosen.project->context.server_url.pop_back();
    const auto pipeline = pipeline::Pipeline::load(chosen.project->read, chosen.project->list);
    const pipeline::LocalJob built = pipeline.build(the_job(pipeline, choice.job), chosen.project->context);
    for (const pipeline::Notice& notice : built.notices)
        host::warn(notice.where + ": " + notice.keyword + ": " + notice.text);
    chosen.undetermined = built.undetermined;
    chosen.job = decoded(built.payload, ".gitlab-ci.yml", configuration);
    return chosen;
}

} // namespace

conf::Runner* local_runner(conf::Config& config)
{
    return config.runners.empty() ? stand_in(config, local_server) : &config.runners.front();
}

ChosenJob choose_job(const JobChoice& choice, conf::Config& config)
{
    if (!choice.payload.empty()) {
        if (!choice.variables.empty())
            throw CommandError(usage, "-e changes the job of a .gitlab-ci.yml; a payload has its variables in it");
        ChosenJob chosen;
        chosen.job = decoded(read_payload(choice.payload), choice.payload, choice.refused);
        chosen.runner = serving(config, chosen.job);
        return chosen;
    }
    try {
        return local_job(choice, config);
    } catch (const pipeline::PipelineError& error) {
        throw CommandError(configuration, error.message());
    } catch (const git::SourceFault& error) {
        throw CommandError(configuration, error.what());
    }
}

policy::Surroundings surroundings_of(const ChosenJob& chosen)
{
    policy::Surroundings around;
    around.gitlab_url = chosen.runner->url;
    around.default_image = chosen.runner->docker.image;
    around.gate = chosen.runner->gate;
    for (const auto& [name, value] : chosen.runner->environment) {
        checks::Variable variable;
        variable.key = name;
        variable.value = value;
        around.environment.push_back(std::move(variable));
    }
    return around;
}

} // namespace ysnp::cli
