#include "runner/cli/person.h"
#include "conf/secret_file.h"
#include "net/failure.h"
#include "runner/host/log.h"
#include "runner/policy/store.h"
#include <unistd.h>

namespace ysnp::cli {
namespace {

using conf::Environment;

/// What the configuration says about Vault, where somebody may read it: for a person it is a convenience only.
conf::Vault configured(const Session& session)
{
    const auto file = config_file(session);
    if (!file || ::access(file->c_str(), R_OK) != 0) return {};
    conf::Loaded loaded = conf::load(*file, session.environment);
    if (loaded.config) return std::move(loaded.config->gate.vault);
    host::debug("the configuration " + file->string() + " is left alone: " + conf::to_string(loaded.problems));
    return {};
}

std::string first_of(std::string flag, const Environment& environment, const char* variable, std::string configured)
{
    if (!flag.empty()) return flag;
    if (variable != nullptr)
        if (auto value = environment.variable(variable); value && !value->empty()) return std::move(*value);
    return configured;
}

Secret from_file(const std::filesystem::path& file, const Environment& environment)
{
    conf::SecretFile read = conf::read_secret_file(std::filesystem::absolute(file), environment, ::getegid());
    if (!read.value) throw CommandError(usage, file.string() + ": " + read.error);
    if (!read.warning.empty()) host::warn(file.string() + ": " + read.warning);
    return std::move(*read.value);
}

/// The person's token, and where it came from.
std::pair<Secret, std::string> token_of(const VaultAccess& access, const Environment& environment)
{
    if (!access.token_file.empty())
        return {from_file(access.token_file, environment), "the token of " + access.token_file};
    if (auto value = environment.variable("VAULT_TOKEN"); value && !value->empty())
        return {take_secret(*value), "the token of VAULT_TOKEN"};
    const std::filesystem::path file = environment.home() / ".vault-token";
    std::error_code ignored;
    if (!environment.home().empty() && std::filesystem::exists(file, ignored))
        return {from_file(file, environment), "the token of ~/.vault-token"};
    throw CommandError(usage, "no Vault token: log in first (`vault login` keeps one in ~/.vault-token), or set "
                              "VAULT_TOKEN, or name a file with --token-file");
}

vault::Options place_of(const VaultAccess& access, const Environment& environment, const conf::Vault& local)
{
    vault::Options options;
    options.address = first_of(access.address, environment, "VAULT_ADDR", local.address);
    options.mount = first_of(access.mount, environment, nullptr, local.mount);
    options.vault_namespace = first_of(access.vault_namespace, environment, "VAULT_NAMESPACE", local.vault_namespace);
    options.tls.ca_file = first_of(access.ca_file, environment, "VAULT_CACERT", local.ca_file.string());
    options.kv_version = options.mount == local.mount ? local.kv_version.value_or(0) : 0;
    options.proxy = net::ProxyOptions::from_environment();
    if (options.address.empty())
        throw CommandError(usage, "where is Vault? Give --address https://vault.example.com:8200 or set VAULT_ADDR");
    if (options.mount.empty())
        throw CommandError(usage, "which KV engine holds the policy? Give --mount, such as --mount cicd");
    return options;
}

ExitCode exit_code_of(const std::error_code& code)
{
    if (code == Failure::denied) return denied;
    if (code == Failure::conflict || code == Failure::cancelled) return failure;
    if (code == Failure::invalid || code == Failure::missing) return usage;
    return gate_unavailable;
}

} // namespace

vault::Options persons_options(const VaultAccess& access, const Session& session, const conf::Vault& local)
{
    vault::Options options = place_of(access, session.environment, local);
    auto [token, described] = token_of(access, session.environment);
    // shared with the copies of the callback, as std::function must be copyable
    const auto kept = std::make_shared<const Secret>(std::move(token));
    options.auth.method = vault::Auth::Method::token;
    options.auth.token = [kept] { return kept->copy(); };
    options.auth.described = described;
    options.warn = [](std::string_view text) { host::warn(std::string(text)); };
    return options;
}

Person::Person(const VaultAccess& access, Session& session) : Person(access, session, configured(session)) {}

Person::Person(const VaultAccess& access, Session& session, const conf::Vault& local)
{
    vault::Options options = persons_options(access, session, local);
    mount_ = options.mount;
    try {
        client_ = std::make_unique<vault::Client>(calls_.executor(), std::move(options));
    } catch (const vault::Fault& fault) {
        throw_as_command_error(fault);
    }
}

void Person::throw_as_command_error(const std::system_error& error)
{
    const ExitCode code = exit_code_of(error.code());
    if (const auto* fault = dynamic_cast<const vault::Fault*>(&error))
        throw CommandError(code, fault->asked() + ": expected " + fault->expected() + ", found " + fault->found() +
                                     "; " + fault->remedy());
    if (const auto* fault = dynamic_cast<const policy::StoreFault*>(&error))
        throw CommandError(code, fault->document() + ": expected " + fault->expected() + ", found " + fault->found() +
                                     "; " + fault->remedy());
    throw CommandError(code, describe(error));
}

} // namespace ysnp::cli
