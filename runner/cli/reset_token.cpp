#include "conf/token_state.h"
#include "gitlab-api/token.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/cli/selection.h"
#include "runner/host/log.h"
#include "runner/host/system_id.h"

namespace ysnp::cli {
namespace {

gitlab::RunnerCredentials ask(Calls& calls, const conf::Runner& runner, const ResetToken& options,
                              const std::string& system_id)
{
    gitlab::Client client = client_for(calls, runner.url, runner.tls, system_id);
    if (options.access_token.empty()) return calls.run(client.reset_token(runner.token, call_deadline()));
    const std::int64_t id = options.id != 0 ? options.id : runner.id;
    if (id == 0) throw CommandError(failure, "the id of the runner " + runner.name + " is not known; add --id");
    const Secret access(options.access_token);
    return calls.run(client.reset_token(id, access, call_deadline()));
}

/// The old token is dead by now, so the new one is saved first, and shown as a last resort.
bool save(const conf::Runner& runner, gitlab::RunnerCredentials fresh, Session& session)
{
    conf::TokenState state;
    state.id = fresh.id != 0 ? fresh.id : runner.id;
    state.token = std::move(fresh.token);
    state.obtained_at = std::chrono::floor<std::chrono::seconds>(session.environment.now);
    state.expires_at = fresh.expires;
    try {
        conf::save_token_state(runner.token_state, state);
        return true;
    } catch (const std::exception& error) {
        host::error("The token of " + runner.name +
                    " was replaced at GitLab and could NOT be saved: " + describe(error));
        host::error("The old token is dead. Put the new one, printed on standard output, into the configuration now");
        session.console.line(std::string(state.token.reveal()));
        return false;
    }
}

bool reset(Calls& calls, const conf::Runner& runner, const ResetToken& options, const std::string& system_id,
           Session& session)
{
    const std::string shown = gitlab::short_token(runner.token.reveal());
    gitlab::RunnerCredentials fresh;
    try {
        fresh = ask(calls, runner, options, system_id);
    } catch (const std::system_error& error) {
        host::error("Resetting runner authentication token... failed",
                    {{"runner", shown}, {"status", describe(error)}});
        return false;
    }
    if (!save(runner, std::move(fresh), session)) return false;
    host::info("Resetting runner authentication token... succeeded", {{"runner", shown}});
    return true;
}

} // namespace

int reset_tokens(const ResetToken& options, Session& session)
{
    const conf::Config config = load_config(session, failure);
    Selection selection = options.selection;
    auto runners = select(config, options.all ? Selection{} : selection);
    if (options.id != 0 && !options.all)
        std::erase_if(runners, [&](const conf::Runner* runner) { return runner->id != 0 && runner->id != options.id; });
    if (!options.all && is_empty(selection) && options.id == 0)
        throw CommandError(failure, "name the runner: --name NAME, --id ID or --all-runners");
    if (runners.empty()) throw CommandError(failure, "no runner of the configuration matches");
    if (runners.size() > 1 && !options.all)
        throw CommandError(failure, "more than one runner matches; add --name, or --all-runners");
    const std::string system_id = host::system_id(config.state_dir, session.machine_id).value;
    Calls calls;
    bool good = true, any = false;
    for (const conf::Runner* runner : runners) {
        const bool done = reset(calls, *runner, options, system_id, session);
        good = good && done;
        any = any || done;
    }
    if (any) host::info("A service that runs still has the old token, which is dead: systemctl reload ysnprunner");
    return good ? success : failure;
}

} // namespace ysnp::cli
