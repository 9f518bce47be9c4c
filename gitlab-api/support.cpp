#include "gitlab-api/support.h"
#include <algorithm>
#include <fmt/format.h>
#include <ranges>

namespace ysnp::gitlab {
namespace {

using Found = std::vector<Unsupported>;

void look_at_storage(const Job& job, Found& found)
{
    for (std::size_t i = 0; i < job.artifacts.size(); ++i)
        if (!job.artifacts[i].paths.empty() || job.artifacts[i].untracked)
            found.push_back({fmt::format("artifacts[{}]", i),
                             "this runner does not upload artifacts or reports yet: remove `artifacts` from the job"});
    for (std::size_t i = 0; i < job.cache.size(); ++i)
        if (!job.cache[i].paths.empty() || job.cache[i].untracked)
            found.push_back({fmt::format("cache[{}]", i),
                             "this runner does not keep caches yet: remove `cache` from the job, or set `cache: []`"});
    for (std::size_t i = 0; i < job.dependencies.size(); ++i)
        if (job.dependencies[i].artifacts_file)
            found.push_back({fmt::format("dependencies[{}]", i),
                             "this runner does not download artifacts of earlier jobs yet: set `dependencies: []`"});
}

void look_at_script(const Job& job, Found& found)
{
    if (job.run)
        found.push_back({"run", "CI steps (`run`) are not executed by this runner: write the job with `script`"});
    if (const auto* steps = find_variable(job, "STEPS"); steps && !steps->empty())
        found.push_back({"variables.STEPS", "CI steps are not executed by this runner: remove the variable STEPS"});
    if (!job.inputs.empty())
        found.push_back({"inputs", "this runner does not interpolate job inputs yet: use variables"});
    if (!job.secrets.empty())
        found.push_back(
            {"secrets", "this runner does not fetch secrets that a job describes: fetch them in the script"});
    if (!job.services.empty())
        found.push_back(
            {"services", "this runner does not start service containers yet: remove `services` from the job"});
}

void look_at_suspend(const Job& job, Found& found)
{
    if (!job.suspend_options) return;
    const auto& options = *job.suspend_options;
    const bool key = options.runtime_environment_key && !options.runtime_environment_key->empty();
    if (options.suspend_on_success || options.suspend_on_failure || key)
        found.push_back({"suspend_options", "suspendable environments are not offered by this runner"});
}

/// What the variable asks for has no meaning in a job without sources.
bool asks_for_submodules(const Job& job)
{
    const auto* strategy = find_variable(job, "GIT_STRATEGY");
    if (strategy && (*strategy == "none" || *strategy == "empty")) return false;
    const auto* submodules = find_variable(job, "GIT_SUBMODULE_STRATEGY");
    return submodules && !submodules->empty() && *submodules != "none";
}

void look_at_sources(const Job& job, Found& found)
{
    if (asks_for_submodules(job))
        found.push_back(
            {"variables.GIT_SUBMODULE_STRATEGY",
             "this runner does not fetch submodules yet: set it to \"none\", or run `git submodule` in the script"});
    if (job.git_info.object_format == ObjectFormat::sha256)
        found.push_back({"git_info.repo_object_format",
                         "repositories in SHA-256 format cannot be read by this runner's git library"});
}

void look_at_options(const Job& job, Found& found)
{
    if (job.image && !job.image->ports.empty())
        found.push_back({"image.ports", "this runner has no session server, so it proxies no ports: remove `ports`"});
    for (const auto& field : job.unknown_fields)
        if (field.path.find("executor_opts.") != std::string::npos)
            found.push_back({field.path, "unknown executor option; supported are `docker.platform` and `docker.user`"});
}

} // namespace

std::vector<Unsupported> unsupported(const Job& job)
{
    Found found;
    look_at_script(job, found);
    look_at_storage(job, found);
    look_at_sources(job, found);
    look_at_suspend(job, found);
    look_at_options(job, found);
    return found;
}

} // namespace ysnp::gitlab
