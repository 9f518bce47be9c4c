#pragma once
#include "runner/cli/calls.h"
#include "runner/cli/options.h"
#include "runner/cli/session.h"
#include "vault/client.h"
#include <memory>
#include <string>

namespace ysnp::cli {

/// A person's own way to Vault, with `local`, what the configuration says, where flags and environment are silent.
/// Throws CommandError (usage) saying what is missing.
vault::Options persons_options(const VaultAccess& access, const Session& session, const conf::Vault& local);

/// A person at Vault: the commands that people run under their own token, never with the runner's login. Address,
/// mount, namespace and CA come from the flags, then VAULT_ADDR, VAULT_NAMESPACE and VAULT_CACERT, then from the
/// configuration where there is one that can be read; the token from --token-file, VAULT_TOKEN or ~/.vault-token.
class Person {
public:
    /// Throws CommandError (usage) saying what is missing. Nothing is connected to yet.
    Person(const VaultAccess& access, Session& session);
    /// The same with what the configuration says of one runner: its `gate` may name a mount of its own.
    Person(const VaultAccess& access, Session& session, const conf::Vault& local);

    vault::Client& client() { return *client_; }
    Calls& calls() { return calls_; }
    const std::string& mount() const { return mount_; }
    /// Runs one call. What Vault says against it becomes CommandError: denied, gate_unavailable or failure.
    template <class T>
    T run(boost::asio::awaitable<T> call)
    {
        try {
            return calls_.run(std::move(call));
        } catch (const std::system_error& error) {
            throw_as_command_error(error);
        }
    }

private:
    [[noreturn]] static void throw_as_command_error(const std::system_error& error);

    Calls calls_;
    std::string mount_;
    std::unique_ptr<vault::Client> client_;
};

} // namespace ysnp::cli
