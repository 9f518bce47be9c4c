#include "runner/cli/commands.h"
#include "runner/policy/seen_versions.h"
#include "runner/policy/vault_store.h"
#include "vault/options.h"
#include <nlohmann/json.hpp>
#include <set>

namespace ysnp::cli {
namespace {

/// The places of all runner entries: each may have a mount of its own.
std::set<std::string> places_of(const conf::Config& config)
{
    std::set<std::string> places{policy::place_of(policy::vault_options(config.gate.vault, {}))};
    for (const conf::Runner& runner : config.runners)
        places.insert(policy::place_of(policy::vault_options(runner.gate.vault, {})));
    return places;
}

} // namespace

int gate_accept_rollback(const GateAcceptRollback& options, Session& session)
{
    const conf::Config config = load_config(session, configuration);
    const std::filesystem::path file = policy::versions_file(config.state_dir);
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        throw CommandError(failure, "this host has seen no version of any document yet (" + file.string() + ")");
    state::VersionFile versions(file);
    bool forgotten = false;
    for (const std::string& place : places_of(config)) forgotten |= versions.forget(place, options.path);
    if (!forgotten)
        throw CommandError(failure, "no version of " + options.path +
                                        " was seen here; name it as the refusal does, with its mount");
    if (options.output == Output::json)
        session.console.line(nlohmann::ordered_json{{"accepted", options.path}}.dump(2));
    else
        session.console.line("The next decision takes " + options.path + " as it is then");
    return success;
}

} // namespace ysnp::cli
