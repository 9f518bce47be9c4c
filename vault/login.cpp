#include "vault/login.h"
#include "net/failure.h"
#include "vault/path.h"
#include "vault/secret_json.h"
#include "vault/strict_json.h"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::vault {
namespace {

using nlohmann::json;

/// Longer leases are without end as far as a process is concerned.
constexpr std::chrono::seconds longest_lease{std::chrono::hours(24 * 365 * 10)};

std::string text_in(const Question& question, const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return {};
    if (!found->is_string()) fail_reply(question, std::string(name) + " that is " + found->type_name(), "a text");
    return found->get<std::string>();
}

std::chrono::seconds seconds_in(const Question& question, const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || !found->is_number_unsigned())
        fail_reply(question, std::string(name) + " that is no number", "seconds");
    return std::chrono::seconds(std::min<std::uint64_t>(found->get<std::uint64_t>(), longest_lease.count()));
}

std::vector<std::string> names_in(const Question& question, const json& object, const char* name)
{
    std::vector<std::string> names;
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return names;
    if (!found->is_array()) fail_reply(question, std::string(name) + " that is no list", "policies");
    for (const json& one : *found) {
        if (!one.is_string()) fail_reply(question, std::string(name) + " with something else than names", "policies");
        names.push_back(one.get<std::string>());
    }
    return names;
}

bool flag_in(const Question& question, const json& object, const char* name)
{
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return false;
    if (!found->is_boolean())
        fail_reply(question, std::string(name) + " that is " + found->type_name(), "true or false");
    return found->get<bool>();
}

Secret body_of(const Auth& auth, const Secret& unwrapped)
{
    switch (auth.method) {
    case Auth::Method::approle: {
        const Secret role_id = read_credential(auth, auth.role_id, "role id");
        const Secret secret_id =
            unwrapped.empty() ? read_credential(auth, auth.secret_id, "secret id") : unwrapped.copy();
        return secret_json({{"role_id", role_id.reveal()}, {"secret_id", secret_id.reveal()}});
    }
    case Auth::Method::jwt: {
        const Secret token = read_credential(auth, auth.token, "token");
        return secret_json({{"role", auth.role}, {"jwt", token.reveal()}});
    }
    case Auth::Method::userpass: {
        const Secret password = read_credential(auth, auth.secret_id, "password");
        return secret_json({{"password", password.reveal()}});
    }
    case Auth::Method::cert:
        return auth.role.empty() ? secret_json({}) : secret_json({{"name", auth.role}});
    case Auth::Method::token:
    case Auth::Method::token_of_job:
        break;
    }
    throw Fault(http_status_code(403), "logging in", "no token of a job", "a job with an ID token",
                "this login works for jobs that bring their token only");
}

} // namespace

bool Identity::is_root() const { return std::find(policies.begin(), policies.end(), "root") != policies.end(); }

Secret read_credential(const Auth& auth, const ReadSecret& read, const char* what)
{
    const std::string asked = "logging in with " + auth.described;
    try {
        if (read)
            if (Secret value = read(); !value.empty()) return value;
    } catch (const std::system_error& error) {
        throw Fault(http_status_code(403), asked, error.what(), std::string("a ") + what, "correct that file");
    }
    throw Fault(http_status_code(403), asked, std::string("no ") + what, std::string("a ") + what,
                "say where it is: gate.vault.auth, or the job's id_tokens");
}

LoginRequest login_request(const Auth& auth, const Secret& unwrapped)
{
    std::string target = "/v1/auth/" + encoded(trimmed(auth.mount)) + "/login";
    if (auth.method == Auth::Method::userpass) target += "/" + encoded(auth.role);
    return {std::move(target), body_of(auth, unwrapped)};
}

void set_times(Login& login, Deadline asked_at)
{
    const auto lease = login.identity.lease;
    login.ends = lease.count() == 0 ? never() : asked_at + lease;
    login.renew_at = lease.count() == 0 ? never() : asked_at + std::chrono::milliseconds(lease) * 2 / 3;
}

Login decode_login(const Question& question, net::Response response, Deadline asked_at)
{
    json reply = object_of(question, response);
    wipe(response.body);
    const auto auth = reply.find("auth");
    if (auth == reply.end() || !auth->is_object()) fail_reply(question, "an answer without auth", "a token");
    if (const auto mfa = auth->find("mfa_requirement"); mfa != auth->end() && !mfa->is_null())
        throw Fault(http_status_code(403), question.asked, "a demand for a second factor", "a login without one",
                    "exempt the runner's role from Vault's login MFA");
    const auto token = auth->find("client_token");
    if (token == auth->end() || !token->is_string() || token->get_ref<std::string&>().empty())
        fail_reply(question, "an answer without a token", "auth.client_token");
    Login login;
    login.token = take_secret(token->get_ref<std::string&>());
    login.identity.lease = seconds_in(question, *auth, "lease_duration");
    login.identity.renewable = flag_in(question, *auth, "renewable");
    login.identity.policies = names_in(question, *auth, "policies");
    login.identity.entity_id = text_in(question, *auth, "entity_id");
    login.ours = true;
    set_times(login, asked_at);
    return login;
}

Identity decode_identity(const Question& question, const net::Response& response)
{
    const json data = data_of(question, response);
    Identity identity;
    identity.display_name = text_in(question, data, "display_name");
    identity.entity_id = text_in(question, data, "entity_id");
    identity.policies = names_in(question, data, "policies");
    for (auto& name : names_in(question, data, "identity_policies")) identity.policies.push_back(std::move(name));
    identity.lease = seconds_in(question, data, "ttl");
    identity.renewable = flag_in(question, data, "renewable");
    return identity;
}

} // namespace ysnp::vault
