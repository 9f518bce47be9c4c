#include "conf/secret_file.h"
#include "net/failure.h"
#include "runner/policy/vault_store.h"
#include <unistd.h>

namespace ysnp::policy {
namespace {

using vault::Auth;
using Warn = VaultStore::Warn;

/// Read at each login, so that a rotated credential needs no restart. A relative path names a credential of systemd's.
vault::ReadSecret secret_of(const std::filesystem::path& file, const Warn& warn)
{
    return [file, warn] {
        conf::SecretFile read = conf::read_secret_file(file, conf::Environment::of_process(), ::getegid());
        if (!read.value)
            throw std::system_error(make_error_code(Error::invalid_value), file.string() + ": " + read.error);
        if (!read.warning.empty() && warn) warn(file.string() + ": " + read.warning);
        return std::move(*read.value);
    };
}

/// A wrapping token works once: a command that used it would take the service's login away.
vault::ReadSecret wrapped_for_the_service(const std::filesystem::path& file)
{
    return [file]() -> Secret {
        throw std::system_error(make_error_code(Error::invalid_value),
                                file.string() +
                                    " holds a wrapped secret id, which the service alone unwraps; give this "
                                    "command (-c) a configuration with gate.vault.auth.method: token_file "
                                    "and a token of your own");
    };
}

Auth auth_of(const conf::VaultAuth& from, const Warn& warn, std::shared_ptr<vault::WrappedSecretId> wrapped)
{
    Auth auth;
    auth.mount = from.mount;
    auth.role = from.role;
    switch (from.method) {
    case conf::VaultAuth::Method::approle:
        auth.method = Auth::Method::approle;
        auth.role_id = secret_of(from.role_id_file, warn);
        auth.secret_id = from.secret_id_wrapped && !wrapped ? wrapped_for_the_service(from.secret_id_file)
                                                            : secret_of(from.secret_id_file, warn);
        if (from.secret_id_wrapped) auth.wrapped = std::move(wrapped);
        auth.described = "the AppRole of " + from.role_id_file.string();
        break;
    case conf::VaultAuth::Method::token_file:
        auth.method = Auth::Method::token;
        auth.token = secret_of(from.token_file, warn);
        auth.described = "the token of " + from.token_file.string();
        break;
    case conf::VaultAuth::Method::cert:
        auth.method = Auth::Method::cert;
        auth.described = "the certificate " + from.cert_file.string();
        break;
    case conf::VaultAuth::Method::job_id_token:
        auth.method = Auth::Method::token_of_job;
        auth.described = "the job's ID token";
        break;
    }
    return auth;
}

} // namespace

vault::Options vault_options(const conf::Vault& settings, Warn warn, std::shared_ptr<vault::WrappedSecretId> wrapped)
{
    vault::Options options;
    options.address = settings.address;
    options.vault_namespace = settings.vault_namespace;
    options.mount = settings.mount;
    options.kv_version = settings.kv_version.value_or(0);
    options.tls.ca_file = settings.ca_file.string();
    if (settings.auth.method == conf::VaultAuth::Method::cert) {
        options.tls.cert_file = settings.auth.cert_file.string();
        options.tls.key_file = settings.auth.key_file.string();
    }
    options.proxy = net::ProxyOptions::from_environment();
    options.auth = auth_of(settings.auth, warn, std::move(wrapped));
    options.timeout = settings.timeout;
    options.access = vault::Access::read_write; // requests of approvals and the audit chain's head, never policy
    options.warn = std::move(warn);
    return options;
}

} // namespace ysnp::policy
