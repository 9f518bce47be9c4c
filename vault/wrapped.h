#pragma once
#include "net/deadline.h"
#include "net/secret.h"
#include "net/wait.h"
#include "vault/options.h"
#include "vault/transport.h"

namespace ysnp::vault {

/// A secret id that came in a response-wrapping token. It can be unwrapped once in the world, so all logins of a
/// process share it, and it lives in memory alone. A new token in the file takes the place of a used one.
class WrappedSecretId {
public:
    explicit WrappedSecretId(boost::asio::any_io_executor executor) : ready_(std::move(executor)) {}

    /// The secret id behind the token that `auth.secret_id` gives. Looks first what the token wraps: only the answer of
    /// the role's own secret-id path is unwrapped. Throws Fault; Failure::denied for a token that was unwrapped already
    /// or wraps something else: then somebody else may hold the credential.
    boost::asio::awaitable<Secret> get(Transport& transport, const Auth& auth, Deadline until);

private:
    boost::asio::awaitable<void> unwrap(Transport& transport, const Auth& auth, Secret token, Deadline until);

    Secret token_, secret_id_;
    bool busy_ = false;
    Event ready_; // nobody unwraps any more
};

} // namespace ysnp::vault
