#include "runner/cli/build.h"
#include "runner/cli/commands.h"
#include "runner/host/examine_host.h"
#include "runner/host/log.h"
#include "runner/job/serve.h"
#include <unistd.h>

namespace ysnp::cli {

namespace {

/// Started by hand or by a unit of one's own, the service may have more rights than it needs.
void warn_of_rights()
{
    std::string amiss;
    for (const policy::Finding& finding : host::examine_process(host::Facts(), "/proc/self"))
        amiss += (amiss.empty() ? "" : "; ") + finding.found;
    if (!amiss.empty())
        host::warn("the service has more rights than it needs: " + amiss +
                   ". Start it by its unit, ysnprunner.service, which sees to that");
}

} // namespace

int run_service(const RunService& options, Session& session)
{
    if (!options.working_directory.empty() && ::chdir(options.working_directory.c_str()) != 0)
        throw CommandError(failure, "cannot change to " + options.working_directory);
    conf::Config config = load_config(session, failure);
    warn_of_rights();
    const std::filesystem::path file = config.file;
    const Global global = session.global;
    const auto reload = [file, global]() -> std::optional<conf::Config> {
        conf::Loaded loaded = conf::load(file, conf::Environment::of_process());
        for (const conf::Problem& problem : loaded.problems)
            host::log(problem.severity == conf::Severity::error ? conf::LogLevel::error : conf::LogLevel::warning,
                      problem.to_string());
        if (loaded.config) apply_log(global, loaded.config->log);
        return std::move(loaded.config);
    };
    job::serve(std::move(config), reload, {version(), revision()});
    return success;
}

} // namespace ysnp::cli
