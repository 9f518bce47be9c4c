#pragma once
#include "checks/facts.h"
#include "conf/gate.h"
#include "net/deadline.h"
#include "net/secret.h"
#include <boost/asio/awaitable.hpp>
#include <optional>

namespace ysnp::gitlab {
struct Job;
} // namespace ysnp::gitlab

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// What a job's ID token proved: its claims, or why there are none.
struct Testimony {
    std::optional<checks::Claims> claims;
    checks::MissingClaims missing;

    void give(checks::JobFacts& facts) const;
};

/// The token that the job brings in the variable that the configuration names; empty where it brings none.
Secret id_token_of(const gitlab::Job& job, const conf::IdToken& settings);

/// What a token says that Vault has accepted.
Testimony testimony_of(const Secret& token, const conf::IdToken& settings);

/// Has Vault verify the token: a login at its JWT method needs a good signature, issuer, audience and time. The login
/// is given back at once and used for nothing. A token that is missing, malformed or refused proves nothing, and the
/// testimony says what to repair. Throws StoreFault where Vault gives no answer. `client` must outlive the call.
boost::asio::awaitable<Testimony> verify(vault::Client& client, conf::IdToken settings, Secret token, Deadline until);

} // namespace ysnp::policy
