#include "runner/cli/build.h"
#include "runner/cli/commands.h"
#include "runner/cli/judging.h"
#include "runner/cli/person.h"
#include "runner/cli/terminal.h"
#include "runner/job/run_locally.h"
#include <iostream>

namespace ysnp::cli {
namespace {

ExitCode exit_code_of(job::LocalResult result)
{
    switch (result) {
    case job::LocalResult::success:
        return success;
    case job::LocalResult::failed:
        return failure;
    case job::LocalResult::denied:
        return denied;
    case job::LocalResult::gate_unavailable:
        return gate_unavailable;
    case job::LocalResult::undetermined:
        return undetermined;
    }
    return failure;
}

} // namespace

int exec_job(const Exec& options, Session& session)
{
    conf::Config config = load_config_or_defaults(session, configuration);
    const Files files = options.working_tree ? Files::working_tree : Files::commit;
    ChosenJob chosen = choose_job({options.job, {}, options.project, files, options.variables}, config);
    conf::Runner& runner = *chosen.runner;
    if (options.project.empty() && !runner.gate.learns(session.environment.now))
        throw CommandError(
            usage, "the gate enforces, so it has to know the project: --project group/project, as GitLab calls it");
    const bool in_vault = is_in_vault(options.vault, chosen, session);
    if (!options.docker_image.empty()) runner.docker.image = options.docker_image;
    job::LocalJob local{std::move(chosen.job), chosen.project->sources, std::move(chosen.undetermined)};
    local.charset = terminal_charset();
    if (in_vault) local.vault = persons_options(options.vault, session, runner.gate.vault);
    return exit_code_of(job::run_locally(config, runner, std::move(local), {version(), revision()}, std::cout));
}

} // namespace ysnp::cli
