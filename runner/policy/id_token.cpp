#include "runner/policy/id_token.h"
#include "gitlab-api/payload.h"
#include "net/failure.h"
#include "runner/policy/vault_fault.h"
#include "vault/client.h"
#include <memory>

namespace ysnp::policy {
namespace {

namespace asio = boost::asio;

std::string keyword(const conf::IdToken& settings)
{
    const std::string audience = settings.audience.empty() ? "the audience of Vault's role" : settings.audience;
    return "id_tokens: { " + settings.variable + ": { aud: " + audience + " } }";
}

Testimony none(std::string found, std::string remedy) { return {std::nullopt, {std::move(found), std::move(remedy)}}; }

Testimony malformed(const conf::IdToken& settings, const std::string& wrong)
{
    return none("an ID token in " + settings.variable + " that cannot be used: " + wrong,
                "let GitLab fill the variable, with this in the job: " + keyword(settings));
}

Testimony refused(const conf::IdToken& settings, const vault::Fault& fault)
{
    return none("an ID token in " + settings.variable + " that Vault does not accept: " + fault.found(),
                "give the job " + keyword(settings) + ", and compare the role " + settings.role + " of auth/" +
                    settings.mount + " at Vault with docs/policy.md (Who started the job)");
}

vault::Auth login_with(const conf::IdToken& settings, Secret token)
{
    vault::Auth auth;
    auth.method = vault::Auth::Method::jwt;
    auth.mount = settings.mount;
    auth.role = settings.role;
    auth.described = "the job's ID token";
    // shared with the copies of the callback, as std::function must be copyable
    const auto shared = std::make_shared<const Secret>(std::move(token));
    auth.token = [shared] { return shared->copy(); };
    return auth;
}

} // namespace

void Testimony::give(checks::JobFacts& facts) const
{
    facts.claims = claims;
    facts.missing_claims = missing;
}

Secret id_token_of(const gitlab::Job& job, const conf::IdToken& settings)
{
    const std::string* value = settings.variable.empty() ? nullptr : gitlab::find_variable(job, settings.variable);
    return Secret(value != nullptr ? std::string_view(*value) : std::string_view());
}

Testimony testimony_of(const Secret& token, const conf::IdToken& settings)
{
    Testimony testimony;
    checks::Claims claims;
    if (const std::string wrong = checks::read_claims(token.reveal(), claims); !wrong.empty())
        return malformed(settings, wrong);
    testimony.claims = std::move(claims);
    return testimony;
}

asio::awaitable<Testimony> verify(vault::Client& client, conf::IdToken settings, Secret token, Deadline until)
{
    if (token.empty())
        co_return none("no ID token in " + settings.variable, "add to the job in .gitlab-ci.yml: " + keyword(settings));
    if (const std::string wrong = checks::check_token_form(token.reveal()); !wrong.empty())
        co_return malformed(settings, wrong);
    try {
        co_await client.try_login(login_with(settings, token.copy()), until);
    } catch (const vault::Fault& fault) {
        if (fault.code() != Failure::denied) throw fault_of(fault);
        co_return refused(settings, fault);
    }
    co_return testimony_of(token, settings);
}

} // namespace ysnp::policy
