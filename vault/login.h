#pragma once
#include "net/deadline.h"
#include "vault/client.h"
#include "vault/reply.h"

namespace ysnp::vault {

/// A token and how long it is good for.
struct Login {
    Secret token;
    Identity identity;
    Deadline renew_at = never(); ///< two thirds of its lease
    Deadline ends = never();
    bool ours = false; ///< got by a login, so that it is ours to revoke

    bool usable(Deadline now) const noexcept { return now < ends; }
};

/// Vault itself, and no proxy before it, refuses a login; found() holds its words.
class LoginRefused : public Fault {
public:
    using Fault::Fault;
};

/// The request that logs in: POST /v1/auth/<mount>/login, with the credentials read now.
struct LoginRequest {
    std::string target;
    Secret body;
};

/// Throws Fault (Failure::denied) where a credential is missing or cannot be read. `unwrapped` stands for the secret id
/// where it is not empty.
LoginRequest login_request(const Auth& auth, const Secret& unwrapped = Secret());
/// The credential that `read` gives; Fault (Failure::denied) where it cannot be read or is empty.
Secret read_credential(const Auth& auth, const ReadSecret& read, const char* what);
/// What a login or a renewal answers; `asked_at` is when the request went out. Wipes the reply.
Login decode_login(const Question& question, net::Response response, Deadline asked_at);
/// auth/token/lookup-self of a token.
Identity decode_identity(const Question& question, const net::Response& response);
/// When to renew, and when it is over.
void set_times(Login& login, Deadline asked_at);

} // namespace ysnp::vault
