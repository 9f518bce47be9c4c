#include "gitlab-api/token.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/cli/runner_file.h"
#include "runner/cli/selection.h"
#include "runner/host/log.h"
#include "runner/host/system_id.h"

namespace ysnp::cli {
namespace {

/// Takes one runner out of GitLab: a glrt- token loses this machine, an older one the runner itself. Says whether
/// GitLab no longer has it.
bool leave(Calls& calls, gitlab::Client client, const Secret& token)
{
    const std::string shown = gitlab::short_token(token.reveal());
    try {
        bool was_there = true;
        if (gitlab::is_authentication_token(token.reveal()))
            was_there = calls.run(client.unregister_manager(token, call_deadline()));
        else
            calls.run(client.unregister_runner(token, call_deadline()));
        host::info(was_there ? "Unregistering runner from GitLab succeeded"
                             : "Unregistering runner from GitLab: it was already gone",
                   {{"runner", shown}});
        return true;
    } catch (const std::system_error& error) {
        host::error("Unregistering runner from GitLab failed", {{"runner", shown}, {"status", describe(error)}});
        return false;
    }
}

bool remove(const conf::Runner& runner)
{
    if (remove_runner(runner)) return true;
    host::error("The runner " + runner.name + " stands in a file that you wrote; remove the entry in " +
                runner.source.string() + " line " + std::to_string(runner.line));
    return false;
}

} // namespace

int unregister_runners(const Unregister& options, Session& session)
{
    if (!options.all && is_empty(options.selection))
        throw CommandError(failure, "name the runner: --name NAME, or --url URL and --token TOKEN, or --all-runners");
    const conf::Config config = load_config(session, failure);
    const std::string system_id = host::system_id(config.state_dir, session.machine_id).value;
    const auto runners = select(config, options.all ? Selection{} : options.selection);
    Calls calls;
    if (runners.empty() && !options.selection.url.empty() && !options.selection.token.empty()) {
        const Secret token(options.selection.token);
        return leave(calls, client_for(calls, options.selection.url, {}, system_id), token) ? success : failure;
    }
    if (runners.empty() && !options.all) throw CommandError(failure, "no runner of the configuration matches");
    bool good = true;
    for (const conf::Runner* runner : runners) {
        const bool left = leave(calls, client_for(calls, runner->url, runner->tls, system_id), runner->token);
        const bool removed = left && remove(*runner);
        good = good && removed;
    }
    return good ? success : failure;
}

} // namespace ysnp::cli
