#include "runner/cli/anchor_source.h"
#include "gitlab-api/system_id.h"
#include "runner/cli/person.h"
#include "runner/host/log.h"
#include "runner/policy/vault_anchors.h"
#include "runner/policy/vault_store.h"
#include <fstream>

namespace ysnp::cli {
namespace {

std::string system_id_of(const AuditVerify& options, const conf::Config& config)
{
    if (!options.system_id.empty()) return options.system_id;
    std::ifstream file(config.state_dir / ".runner_system_id");
    std::string text;
    std::getline(file, text);
    if (auto id = gitlab::parse_system_id(text)) return std::move(*id);
    throw CommandError(configuration, "which runner wrote this chain? Its system id is not in " +
                                          (config.state_dir / ".runner_system_id").string() +
                                          "; give --system-id s_…, or --offline for the chain alone");
}

bool has_token(const VaultAccess& access, const conf::Environment& environment)
{
    std::error_code ignored;
    return !access.token_file.empty() || environment.variable("VAULT_TOKEN").value_or("") != "" ||
           (!environment.home().empty() && std::filesystem::exists(environment.home() / ".vault-token", ignored));
}

std::optional<audit::Anchor> by_runner(const conf::Config& config, const std::string& system_id)
{
    Calls calls;
    vault::Client client(calls.executor(), policy::vault_options(config.gate.vault, [](std::string_view text) {
                             host::warn(std::string(text));
                         }));
    std::optional<audit::Anchor> anchor = calls.run(policy::VaultAnchors(client).read(system_id, call_deadline()));
    calls.run(client.revoke(call_deadline()));
    return anchor;
}

} // namespace

std::optional<audit::Anchor> anchored_head(const AuditVerify& options, const conf::Config& config, Session& session)
{
    const bool configured = config.gate.store == conf::Store::vault;
    if (!configured && options.vault.address.empty()) return std::nullopt;
    const std::string system_id = system_id_of(options, config);
    try {
        if (!has_token(options.vault, session.environment) && configured) return by_runner(config, system_id);
        Person person(options.vault, session);
        policy::VaultAnchors anchors(person.client());
        return person.run(anchors.read(system_id, call_deadline()));
    } catch (const std::system_error& error) {
        throw CommandError(gate_unavailable, describe(error) + "; --offline verifies the chain alone");
    }
}

} // namespace ysnp::cli
