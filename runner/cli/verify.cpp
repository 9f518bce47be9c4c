#include "gitlab-api/token.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/cli/runner_file.h"
#include "runner/cli/selection.h"
#include "runner/host/log.h"
#include "runner/host/system_id.h"

namespace ysnp::cli {
namespace {

/// Only GitLab's own "I do not know it" is `invalid`: whatever else went wrong keeps the entry.
gitlab::Verification ask(Calls& calls, const conf::Runner& runner, const std::string& system_id)
{
    try {
        gitlab::Client client = client_for(calls, runner.url, runner.tls, system_id);
        return calls.run(client.verify(runner.token, call_deadline()));
    } catch (const std::system_error& error) {
        gitlab::Verification unverified;
        unverified.message = describe(error);
        return unverified;
    }
}

void say(const conf::Runner& runner, const gitlab::Verification& answer)
{
    const std::string token = gitlab::short_token(runner.token.reveal());
    switch (answer.verdict) {
    case gitlab::Verdict::alive:
        host::info("Verifying runner... is alive", {{"runner", token}});
        break;
    case gitlab::Verdict::invalid:
        host::error("Verifying runner... is not valid", {{"runner", token}, {"status", answer.message}});
        break;
    case gitlab::Verdict::unverified:
        host::error("Verifying runner... failed", {{"runner", token}, {"status", answer.message}});
        break;
    }
}

/// Whether the entry is gone from the configuration.
bool remove(const conf::Runner& runner)
{
    if (remove_runner(runner)) {
        host::info("Removed " + runner.name, {{"file", runner.source.string()}});
        return true;
    }
    host::error("The runner " + runner.name + " stands in a file that you wrote; remove the entry in " +
                runner.source.string() + " line " + std::to_string(runner.line));
    return false;
}

} // namespace

int verify_runners(const Verify& options, Session& session)
{
    const conf::Config config = load_config(session, failure);
    const auto runners = select(config, options.selection);
    if (runners.empty() && !is_empty(options.selection))
        throw CommandError(failure, "no runner of the configuration matches");
    const std::string system_id = host::system_id(config.state_dir, session.machine_id).value;
    Calls calls;
    bool good = true;
    for (const conf::Runner* runner : runners) {
        const gitlab::Verification answer = ask(calls, *runner, system_id);
        say(*runner, answer);
        if (answer.verdict == gitlab::Verdict::alive) continue;
        const bool removed = options.remove && answer.verdict == gitlab::Verdict::invalid && remove(*runner);
        good = good && removed;
    }
    return good ? success : failure;
}

} // namespace ysnp::cli
