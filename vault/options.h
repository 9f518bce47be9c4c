#pragma once
#include "net/http.h"
#include "net/secret.h"
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace ysnp::vault {

class WrappedSecretId;

/// Reads a credential afresh at each call. Throws system_error saying which file and what is wrong with it.
using ReadSecret = std::function<Secret()>;

/// How to log in. Where a credential comes from is the caller's affair; none is kept longer than a call needs it.
struct Auth {
    enum class Method {
        approle,     ///< role_id and secret_id
        cert,        ///< the client certificate of Options::tls
        jwt,         ///< `token` gives a JSON web token, such as a job's ID token
        userpass,    ///< `role` is the user, `secret_id` gives the password
        token,       ///< `token` gives a Vault token, asked again before each use: a newer one takes its place
        token_of_job ///< none at all: each job brings its own; using such a client is refused
    };
    Method method = Method::approle;
    std::string mount;    ///< path of the auth method: "approle", "jwt/gitlab.example.com"
    std::string role;     ///< cert (optional), jwt, userpass; approle with a wrapped secret id (optional)
    ReadSecret role_id;   ///< approle
    ReadSecret secret_id; ///< approle, userpass
    /// approle: `secret_id` gives a response-wrapping token, which is unwrapped into this, once for all logins that
    /// share it.
    std::shared_ptr<WrappedSecretId> wrapped;
    ReadSecret token;      ///< jwt, token
    std::string described; ///< for messages: "the AppRole of /etc/ysnprunner/vault-role-id"
};

enum class Access { read_only, read_write };

struct Options {
    std::string address;         ///< https://vault.example.com:8200; http to loopback only
    std::string vault_namespace; ///< X-Vault-Namespace; empty: none
    std::string mount;           ///< of the KV engine; may reach into it: "secret/ci" on an engine at "secret"
    int kv_version = 0;          ///< 1 or 2; 0: the engine is asked, once
    net::TlsOptions tls;
    net::ProxyOptions proxy;
    Auth auth;
    Access access = Access::read_write;
    std::chrono::milliseconds timeout{std::chrono::seconds(10)}; ///< of one request, its retries included
    int attempts = 3;                                            ///< of a request that meets 429 or 5xx
    std::chrono::milliseconds first_pause{100};                  ///< between two attempts; doubles
    std::size_t max_document = 4u << 20;                         ///< bytes of one document's answer
    std::function<void(std::string_view)> warn;                  ///< hears of what is degraded
};

} // namespace ysnp::vault
