#include "test/double/fake_vault_state.h"

namespace ysnp::test {
namespace {

using nlohmann::json;

VaultAnswer auth_answer(const std::string& token, std::chrono::seconds lease, bool renewable,
                        const std::vector<std::string>& policies)
{
    const json auth{{"client_token", token},     {"accessor", "accessor"},
                    {"policies", policies},      {"token_policies", policies},
                    {"metadata", nullptr},       {"lease_duration", lease.count()},
                    {"renewable", renewable},    {"entity_id", "entity-1"},
                    {"token_type", "service"},   {"orphan", true},
                    {"mfa_requirement", nullptr}};
    return {200,
            json{{"request_id", "1"}, {"data", nullptr}, {"wrap_info", nullptr}, {"warnings", nullptr}, {"auth", auth}}
                .dump(),
            {}};
}

/// Whether a login's body and path are right, and what Vault says where they are not.
std::optional<std::string> refused_login(const FakeVaultOptions& options, const std::string& path, const json& body)
{
    const auto has = [&](const char* name, const std::string& value) { return body.value(name, "") == value; };
    if (path == "auth/approle/login")
        return has("role_id", options.role_id) && has("secret_id", options.secret_id)
                   ? std::nullopt
                   : std::optional<std::string>("invalid role or secret ID");
    if (path == "auth/jwt/login")
        return has("jwt", options.jwt) && has("role", options.jwt_role)
                   ? std::nullopt
                   : std::optional<std::string>("error validating token: invalid audience (aud) claim");
    if (path == "auth/userpass/login/" + options.user)
        return has("password", options.password) ? std::nullopt
                                                 : std::optional<std::string>("invalid username or password");
    if (path == "auth/cert/login")
        return has("name", options.cert_role)
                   ? std::nullopt
                   : std::optional<std::string>("invalid certificate or no client certificate");
    return "no handler for route \"" + path + "\". route entry not found.";
}

VaultAnswer log_in(VaultState& state, const Recorded& request, const std::string& path)
{
    const json body = json::parse(request.body, nullptr, false);
    if (!body.is_object()) return vault_errors(400, {"failed to parse JSON input"});
    if (const auto refusal = refused_login(state.options, path, body)) return vault_errors(400, {*refusal});
    ++state.logins;
    const std::string token = state.new_token(state.options.lease, state.options.policies);
    return auth_answer(token, state.options.lease, state.options.renewable, state.options.policies);
}

} // namespace

VaultAnswer vault_auth(VaultState& state, const Recorded& request, const std::string& path)
{
    if (!path.starts_with("auth/token/")) return log_in(state, request, path);
    const std::string token(request.header("X-Vault-Token"));
    const VaultToken known = state.tokens.at(token);
    if (path == "auth/token/lookup-self")
        return vault_data({{"id", token},
                           {"display_name", "approle"},
                           {"entity_id", "entity-1"},
                           {"policies", known.policies},
                           {"identity_policies", nullptr},
                           {"ttl", known.lease.count()},
                           {"renewable", state.options.renewable}});
    if (path == "auth/token/renew-self") {
        ++state.renewals;
        return auth_answer(token, known.lease, state.options.renewable, known.policies);
    }
    if (path == "auth/token/revoke-self") {
        state.tokens.erase(token);
        return {204, {}, {}};
    }
    return vault_errors(404, {"no handler for route \"" + path + "\". route entry not found."});
}

} // namespace ysnp::test
