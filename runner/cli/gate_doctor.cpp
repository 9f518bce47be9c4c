#include "conf/secret_file.h"
#include "net/failure.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/host/log.h"
#include "runner/policy/examine_rights.h"
#include "runner/policy/store.h"
#include "runner/policy/vault_rights.h"
#include "runner/policy/vault_store.h"
#include "vault/client.h"
#include <unistd.h>

namespace ysnp::cli {
namespace {

using policy::Examined;
using policy::Finding;
using policy::Findings;
using Examine = std::function<boost::asio::awaitable<Findings>(vault::Client&, Deadline)>;

constexpr auto one_login = std::chrono::seconds(60);

/// The runner's way to Vault, but for what the flags say.
vault::Options options_of(const GateDoctor& options, const conf::Config& config)
{
    conf::Vault settings = config.gate.vault;
    if (!options.vault.address.empty()) settings.address = options.vault.address;
    if (!options.vault.mount.empty()) settings.mount = options.vault.mount;
    if (!options.vault.vault_namespace.empty()) settings.vault_namespace = options.vault.vault_namespace;
    if (!options.vault.ca_file.empty()) settings.ca_file = options.vault.ca_file;
    if (settings.address.empty() || settings.mount.empty())
        throw CommandError(configuration, "where is the policy? Set gate.vault in the configuration, or give --address "
                                          "and --mount");
    return policy::vault_options(settings, [](std::string_view text) { host::warn(std::string(text)); });
}

/// The same with the token of a file.
vault::Options with_token(vault::Options options, const std::string& file, const conf::Environment& environment)
{
    conf::SecretFile read = conf::read_secret_file(std::filesystem::absolute(file), environment, ::getegid());
    if (!read.value) throw CommandError(usage, file + ": " + read.error);
    // shared with the copies of the callback, as std::function must be copyable
    const auto token = std::make_shared<const Secret>(std::move(*read.value));
    options.auth.method = vault::Auth::Method::token;
    options.auth.wrapped = nullptr;
    options.auth.token = [token] { return token->copy(); };
    options.auth.described = "the token of " + file;
    return options;
}

class Round {
public:
    explicit Round(vault::Options base) : base_(std::move(base)) {}

    void add(const vault::Options& options, const Examine& examine)
    {
        vault::Client client(calls_.executor(), options);
        Findings found = calls_.run(examine(client, in(one_login)));
        std::ranges::move(found, std::back_inserter(findings_));
        try {
            calls_.run(client.revoke(in(one_login)));
        } catch (const vault::Fault& fault) {
            host::warn(fault.what()); // the token ends by itself
        }
    }
    void add(Finding finding) { findings_.push_back(std::move(finding)); }
    const vault::Options& base() const { return base_; }
    const Findings& findings() const { return findings_; }

private:
    vault::Options base_;
    Calls calls_;
    Findings findings_;
};

void examine_runner(Round& round, const GateDoctor& options, const conf::Config& config, const Examined& on,
                    const conf::Environment& environment)
{
    const bool serves_all = config.gate.projects.empty();
    const Examine examine = [&](vault::Client& client, Deadline until) {
        return policy::examine_runner(client, on, serves_all, until);
    };
    if (!options.runner_token_file.empty())
        return round.add(with_token(round.base(), options.runner_token_file, environment), examine);
    if (config.gate.store != conf::Store::vault)
        return round.add({Finding::Level::unknown, "runner", "no login of the runner is configured here",
                          "run this on the runner's host, or give --runner-token-file"});
    if (config.gate.vault.auth.method == conf::VaultAuth::Method::job_id_token)
        return round.add({Finding::Level::warn, "runner",
                          "jobs log in with their own ID token, so a hostile GitLab reads policy and no person can be "
                          "asked",
                          "give the runner a login of its own: gate.vault.auth.method: approle"});
    round.add(round.base(), examine);
}

void examine_people(Round& round, const GateDoctor& options, const Examined& on, const conf::Environment& environment)
{
    struct Person {
        const char* subject;
        const std::string& file;
        const char* flag;
        boost::asio::awaitable<Findings> (*examine)(vault::Client&, Examined, Deadline);
    };
    for (const Person& person :
         {Person{"approver", options.approver_token_file, "--approver-token-file", policy::examine_approver},
          Person{"developer", options.developer_token_file, "--developer-token-file", policy::examine_developer},
          Person{"author", options.author_token_file, "--author-token-file", policy::examine_author}}) {
        if (person.file.empty())
            round.add({Finding::Level::unknown, person.subject, "nobody's token was given",
                       std::string(person.flag) + " FILE, with a token of such a person"});
        else
            round.add(with_token(round.base(), person.file, environment),
                      [&](vault::Client& client, Deadline until) { return person.examine(client, on, until); });
    }
}

} // namespace

int gate_doctor(const GateDoctor& options, Session& session)
{
    const conf::Config config = load_config_or_defaults(session, configuration);
    Examined on;
    on.projects = options.projects.empty() ? policy::sample_projects(config.gate.projects) : options.projects;
    for (const std::string& project : on.projects) policy::ProjectPath check(project); // throws
    on.foreign = options.foreign.empty() ? "ysnprunner-other/ysnprunner-other" : options.foreign;
    Round round(options_of(options, config));
    round.add(round.base(), policy::examine_vault);
    if (!policy::any_failure(round.findings())) {
        examine_runner(round, options, config, on, session.environment);
        examine_people(round, options, on, session.environment);
    }
    if (options.output == Output::json)
        session.console.line(policy::json_of(round.findings()));
    else
        session.console.text(policy::table_of(round.findings()));
    return policy::any_failure(round.findings()) ? failure : success;
}

} // namespace ysnp::cli
