#include "conf/secret_file.h"
#include "net/failure.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/host/log.h"
#include "runner/policy/examine_rights.h"
#include "runner/policy/existing_projects.h"
#include "runner/policy/store.h"
#include "runner/policy/vault_rights.h"
#include "runner/policy/vault_store.h"
#include "vault/client.h"
#include <algorithm>
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
    /// The projects that exist, as far as a login may list them; where it may not, that is a finding.
    std::vector<std::string> existing(const vault::Options& options)
    {
        vault::Client client(calls_.executor(), options);
        std::vector<std::string> projects;
        try {
            projects = calls_.run(policy::existing_projects(client, in(one_login)));
            calls_.run(client.revoke(in(one_login)));
        } catch (const vault::Fault& fault) {
            add({Finding::Level::unknown, "projects", "those that exist cannot be listed: " + std::string(fault.what()),
                 "--token-file of somebody who may list them, or --project of each that matters"});
        }
        return projects;
    }
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

/// Whom to ask about which projects: made-up ones by the patterns, those that were named, and those that exist.
struct Subjects {
    Examined of_runner, of_people;
};

void append(std::vector<std::string>& all, const std::vector<std::string>& more)
{
    for (const std::string& one : more)
        if (std::ranges::find(all, one) == all.end()) all.push_back(one);
}

/// A login that says which projects exist: the one that was given for that, else the runner's.
std::optional<vault::Options> lister(const Round& round, const GateDoctor& options, const conf::Config& config,
                                     const conf::Environment& environment)
{
    if (!options.vault.token_file.empty()) return with_token(round.base(), options.vault.token_file, environment);
    if (!options.projects.empty()) return std::nullopt; // these are what matters
    if (!options.runner_token_file.empty()) return with_token(round.base(), options.runner_token_file, environment);
    const bool own = config.gate.store == conf::Store::vault &&
                     config.gate.vault.auth.method != conf::VaultAuth::Method::job_id_token;
    return own ? std::optional(round.base()) : std::nullopt;
}

Subjects subjects_of(Round& round, const GateDoctor& options, const conf::Config& config,
                     const conf::Environment& environment)
{
    Examined on;
    on.projects = options.projects.empty() ? policy::sample_projects(config.gate.projects) : options.projects;
    on.foreign = {options.foreign.empty() ? "ysnprunner-other/ysnprunner-other" : options.foreign};
    Subjects subjects{on, on};
    const auto login = lister(round, options, config, environment);
    if (!login) return subjects;
    const std::vector<std::string> existing = round.existing(*login);
    const std::vector<std::string>& served = options.projects.empty() ? config.gate.projects : options.projects;
    append(subjects.of_runner.projects, policy::first_of(existing, served, policy::Named::yes));
    append(subjects.of_runner.foreign, policy::first_of(existing, config.gate.projects, policy::Named::no));
    if (!options.projects.empty())
        append(subjects.of_people.foreign, policy::first_of(existing, options.projects, policy::Named::no));
    if (!existing.empty())
        round.add(
            {Finding::Level::ok,
             "projects",
             std::to_string(existing.size()) + " exist; asked about the first 20 at most, and about made-up names",
             {}});
    return subjects;
}

} // namespace

int gate_doctor(const GateDoctor& options, Session& session)
{
    const conf::Config config = load_config_or_defaults(session, configuration);
    for (const std::string& project : options.projects) policy::ProjectPath check(project); // throws
    Round round(options_of(options, config));
    round.add(round.base(), policy::examine_vault);
    if (!policy::any_failure(round.findings())) {
        const Subjects on = subjects_of(round, options, config, session.environment);
        examine_runner(round, options, config, on.of_runner, session.environment);
        examine_people(round, options, on.of_people, session.environment);
    }
    if (options.output == Output::json)
        session.console.line(policy::json_of(round.findings()));
    else
        session.console.text(policy::table_of(round.findings()));
    return policy::any_failure(round.findings()) ? failure : success;
}

} // namespace ysnp::cli
