#include "vault/wrapped.h"
#include "net/failure.h"
#include "vault/fault.h"
#include "vault/login.h"
#include "vault/path.h"
#include "vault/secret_json.h"
#include <nlohmann/json.hpp>

namespace ysnp::vault {
namespace {

using boost::asio::awaitable;
using nlohmann::json;

constexpr const char* maybe_stolen =
    "if this host did not unwrap it at an earlier start, the credential is possibly stolen: destroy that secret id "
    "(auth/<mount>/role/<role>/secret-id-accessor/destroy), look into Vault's audit log, and deliver a new wrapped one";

[[noreturn]] void refuse(const Question& question, std::string found, std::string expected)
{
    throw Fault(http_status_code(403), question.asked, std::move(found), std::move(expected), maybe_stolen);
}

/// auth/approle/role/<role>/secret-id; any role's where none is configured.
bool is_of_role(const std::string& path, const Auth& auth)
{
    const std::string before = "auth/" + trimmed(auth.mount) + "/role/";
    const std::string_view after = "/secret-id";
    if (!path.starts_with(before) || !path.ends_with(after) || path.size() <= before.size() + after.size())
        return false;
    const std::string role = path.substr(before.size(), path.size() - before.size() - after.size());
    return auth.role.empty() ? role.find('/') == std::string::npos : role == auth.role;
}

/// Vault says 400, and 403 where a proxy or namespace stands before it, for a wrapping token that is no more.
void expect_unused(const Question& question, const net::Response& response)
{
    if (response.status == 400 || response.status == 403)
        refuse(question, "a wrapping token that was unwrapped already or has expired (" + status_of(response) + ")",
               "one that nobody has used");
}

std::string text_of(const Question& question, const json& data, const char* name)
{
    const auto found = data.find(name);
    if (found == data.end() || !found->is_string() || found->get_ref<const std::string&>().empty())
        fail_reply(question, std::string("no ") + name, std::string(name) + ", a text");
    return found->get<std::string>();
}

awaitable<void> look(Transport& transport, const Auth& auth, const Secret& token, Deadline until)
{
    const Question question{"looking at the wrapped secret id of " + auth.described, {}};
    const Call call{.method = "POST",
                    .target = "/v1/sys/wrapping/lookup",
                    .question = question,
                    .secret_body = secret_json({{"token", token.reveal()}})};
    const net::Response response = co_await transport.send(call, nullptr, until);
    expect_unused(question, response);
    const std::string path = text_of(question, data_of(question, response), "creation_path");
    if (!is_of_role(path, auth))
        refuse(question, "a token that wraps an answer of " + path,
               "auth/" + trimmed(auth.mount) + "/role/" + (auth.role.empty() ? "<role>" : auth.role) + "/secret-id");
}

} // namespace

awaitable<void> WrappedSecretId::unwrap(Transport& transport, const Auth& auth, Secret token, Deadline until)
{
    co_await look(transport, auth, token, until);
    const Question question{"unwrapping the secret id of " + auth.described, {}};
    const Call call{"POST", "/v1/sys/wrapping/unwrap", "{}", question};
    net::Response response = co_await transport.send(call, &token, until);
    expect_unused(question, response);
    json data = data_of(question, response);
    wipe(response.body);
    text_of(question, data, "secret_id");
    secret_id_ = take_secret(data["secret_id"].get_ref<std::string&>());
    token_ = std::move(token);
}

awaitable<Secret> WrappedSecretId::get(Transport& transport, const Auth& auth, Deadline until)
{
    while (busy_) {
        const bool free = co_await ready_.wait(until);
        if (!free)
            throw Fault(make_error_code(Error::deadline_passed), "logging in with " + auth.described,
                        "no answer in time", "a login", "look at Vault's load and at the network, then retry the job");
    }
    Secret token = read_credential(auth, auth.secret_id, "wrapped secret id");
    if (!secret_id_.empty() && token.reveal() == token_.reveal()) co_return secret_id_.copy();
    struct Free {
        WrappedSecretId& of;
        ~Free()
        {
            of.busy_ = false;
            of.ready_.set();
        }
    };
    busy_ = true;
    ready_.reset();
    const Free free{*this};
    co_await unwrap(transport, auth, std::move(token), until);
    co_return secret_id_.copy();
}

} // namespace ysnp::vault
