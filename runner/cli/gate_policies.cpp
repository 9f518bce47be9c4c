#include "runner/cli/commands.h"
#include "runner/policy/access_policies.h"
#include <nlohmann/json.hpp>
#include <sstream>

namespace ysnp::cli {
namespace {

using nlohmann::ordered_json;
using policy::AccessPolicy;
using policy::AccessWanted;
using policy::SetupRequest;

constexpr const char* by_curl = R"(# for bash; as an administrator: export VAULT_ADDR=… VAULT_TOKEN=…
set -euo pipefail
vault_write() { # PATH, the body on stdin
    curl -fsS -X POST ${VAULT_CACERT:+--cacert "$VAULT_CACERT"} ${VAULT_NAMESPACE:+-H "X-Vault-Namespace: $VAULT_NAMESPACE"} \
        -H @/dev/fd/3 --data @- "$VAULT_ADDR/v1/$1" 3<<<"X-Vault-Token: $VAULT_TOKEN" >/dev/null
}
)";
constexpr const char* by_vault = "# as an administrator: vault login, then\nset -eu\n";

/// What the runners of the configuration serve; everything, where one of them does.
std::vector<std::string> served_by(const conf::Config& config)
{
    std::vector<std::string> served = config.gate.projects;
    for (const conf::Runner& runner : config.runners) {
        if (runner.gate.projects.empty()) return {};
        served.insert(served.end(), runner.gate.projects.begin(), runner.gate.projects.end());
    }
    return served;
}

/// As GitLab names itself in its tokens (`iss`).
std::string without_slash(std::string url)
{
    while (url.ends_with('/')) url.pop_back();
    return url;
}

AccessWanted wanted_by(const GatePolicies& options, Session& session)
{
    const conf::Config config = load_config_or_defaults(session, configuration);
    AccessWanted wanted;
    wanted.vault = config.gate.vault;
    if (!options.mount.empty()) wanted.vault.mount = options.mount;
    if (wanted.vault.mount.empty())
        throw CommandError(configuration, "no KV engine is named; give --mount cicd, or gate.vault.mount");
    if (wanted.vault.auth.mount.empty() && config.gate.store != conf::Store::vault) wanted.vault.auth.mount = "approle";
    wanted.kv_version = options.kv_version != 0 ? options.kv_version : config.gate.vault.kv_version.value_or(2);
    wanted.v1_scratch = config.gate.v1_scratch;
    wanted.served = served_by(config);
    wanted.projects = options.projects;
    for (const conf::Runner& runner : config.runners) wanted.gitlabs.push_back(without_slash(runner.url));
    return wanted;
}

std::string as_comment(const std::string& text)
{
    std::string comment;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) comment += "# " + line + "\n";
    return comment;
}

const AccessPolicy* policy_of(const SetupRequest& request, const std::vector<AccessPolicy>& policies)
{
    for (const AccessPolicy& policy : policies)
        if (request.path == "sys/policies/acl/" + policy.name) return &policy;
    return nullptr;
}

std::string script(const AccessWanted& wanted, bool curl)
{
    const std::vector<AccessPolicy> policies = policy::access_policies(wanted);
    std::string text = curl ? by_curl : by_vault;
    for (const SetupRequest& request : policy::setup_requests(wanted)) {
        const AccessPolicy* const policy = policy_of(request, policies);
        text += "\n" + as_comment(request.what);
        if (policy != nullptr && !curl) {
            text += "vault policy write " + policy->name + " - <<'POLICY'\n" + policy->hcl + "POLICY\n";
            continue;
        }
        if (policy != nullptr) text += as_comment(policy->hcl);
        text += std::string(curl ? "vault_write " : "vault write ") + request.path + (curl ? "" : " -") +
                " <<'BODY'\n" + request.body + "\nBODY\n";
    }
    return text;
}

ordered_json as_json(const AccessWanted& wanted)
{
    ordered_json policies = ordered_json::array(), requests = ordered_json::array();
    for (const AccessPolicy& policy : policy::access_policies(wanted))
        policies.push_back({{"name", policy.name}, {"who", policy.who}, {"hcl", policy.hcl}});
    for (const SetupRequest& request : policy::setup_requests(wanted))
        requests.push_back(
            {{"what", request.what}, {"path", request.path}, {"body", ordered_json::parse(request.body)}});
    return {{"mount", wanted.vault.mount},
            {"kv_version", wanted.kv_version},
            {"policies", policies},
            {"requests", requests}};
}

} // namespace

int gate_policies(const GatePolicies& options, Session& session)
{
    const AccessWanted wanted = wanted_by(options, session);
    if (options.output == Output::json)
        session.console.line(as_json(wanted).dump(2));
    else
        session.console.text(script(wanted, options.curl));
    return success;
}

} // namespace ysnp::cli
