#include "docker/engine.h"
#include "gitlab-api/token.h"
#include "runner/audit/verify.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/git/landlock.h"
#include "runner/host/examine_engine.h"
#include "runner/host/examine_host.h"
#include "runner/host/log.h"
#include "runner/host/system_id.h"
#include "runner/policy/examine_rights.h"
#include "runner/policy/existing_projects.h"
#include "runner/policy/vault_store.h"
#include "runner/policy/windows.h"
#include "vault/client.h"
#include <algorithm>
#include <ranges>

namespace ysnp::cli {
namespace {

using policy::Finding;
using policy::Findings;
using Level = Finding::Level;

void append(Findings& all, Findings more) { std::ranges::move(more, std::back_inserter(all)); }

host::Installed installed(const conf::Config& config, const std::filesystem::path& socket)
{
    host::Installed here;
    here.config = config.file.empty() ? config.file : std::filesystem::absolute(config.file);
    here.state_dir = config.state_dir;
    here.socket = socket;
    for (const conf::Runner& runner : config.runners) here.tokens.push_back(runner.token.reveal());
    return here;
}

/// The sockets of all entries, each once.
std::vector<std::filesystem::path> sockets_of(const conf::Config& config)
{
    std::vector<std::filesystem::path> sockets;
    for (const conf::Runner& runner : config.runners) sockets.emplace_back(docker::socket_path(runner.docker));
    if (sockets.empty()) sockets.emplace_back(docker::socket_path(docker::Options()));
    std::ranges::sort(sockets);
    const auto rest = std::ranges::unique(sockets);
    sockets.erase(rest.begin(), rest.end());
    return sockets;
}

/// What runs beside our jobs; of containers that go meanwhile nothing is to be said.
Findings look_at_neighbours(Calls& calls, docker::Engine& engine)
{
    constexpr std::size_t most = 200;
    std::vector<docker::Inspection> others;
    const auto all = calls.run(engine.list_containers({}, in(std::chrono::seconds(10))));
    for (const docker::ContainerSummary& container : all) {
        if (container.labels.contains("ysnp.runner") || container.state != "running") continue;
        auto found = calls.run(engine.inspect(container.id, in(std::chrono::seconds(10))));
        if (found && others.size() < most) others.push_back(std::move(*found));
    }
    return host::examine_neighbours(others);
}

Findings ask_engine(Calls& calls, const std::filesystem::path& socket)
{
    try {
        docker::Engine engine(calls.executor(), {.socket_path = socket});
        Findings findings = host::examine_engine(calls.run(engine.info(in(std::chrono::seconds(10)))));
        append(findings, look_at_neighbours(calls, engine));
        return findings;
    } catch (const std::system_error& error) {
        return {{Level::fail, "engine", describe(error), "start the Engine, or correct docker.host"}};
    }
}

Finding ask_gitlab(Calls& calls, const conf::Runner& runner, const std::string& system_id)
{
    const std::string name = runner.name + " at " + runner.url;
    if (!runner.url.starts_with("https://"))
        return {Level::warn, "gitlab", name + " is asked without TLS", "url: https://…"};
    try {
        gitlab::Client client = client_for(calls, runner.url, runner.tls, system_id);
        const gitlab::Verification answer = calls.run(client.verify(runner.token, in(std::chrono::seconds(20))));
        if (answer.verdict == gitlab::Verdict::alive) return {Level::ok, "gitlab", "knows " + name, {}};
        if (answer.verdict == gitlab::Verdict::invalid)
            return {Level::fail, "gitlab", "does not know " + name, "ysnprunner register, with a new token"};
        return {Level::unknown, "gitlab", name + ": " + answer.message, "see ysnprunner verify"};
    } catch (const std::system_error& error) {
        return {Level::fail, "gitlab", name + ": " + describe(error), "look at the network, proxy and certificates"};
    }
}

/// Those of gate.projects that are no patterns, and those that the runner's login may list.
std::vector<std::string> projects_in(Calls& calls, vault::Client& client, const conf::Config& config)
{
    constexpr std::size_t most = 50;
    std::vector<std::string> projects;
    for (const std::string& pattern : config.gate.projects)
        if (pattern.find('*') == std::string::npos && projects.size() < most) projects.push_back(pattern);
    try {
        const auto existing = calls.run(policy::existing_projects(client, in(std::chrono::seconds(20))));
        std::ranges::copy(existing | std::views::take(most), std::back_inserter(projects));
    } catch (const vault::Fault& fault) {
        host::debug(std::string("projects are not listed: ") + fault.what());
    }
    return projects;
}

host::Windows windows_in(Calls& calls, const conf::Config& config)
{
    const auto answer = [](bool some) { return some ? host::Windows::some : host::Windows::none; };
    if (config.gate.store == conf::Store::file) return answer(policy::has_windows(config.gate.file_path));
    vault::Client client(calls.executor(), policy::vault_options(config.gate.vault, {}));
    bool some = false;
    try {
        for (const std::string& project : projects_in(calls, client, config)) {
            const checks::Documents documents = calls.run(policy::read_project(
                client, config.gate.vault.mount, policy::ProjectPath(project), in(std::chrono::seconds(20))));
            some = some || policy::has_windows(documents);
        }
        calls.run(client.revoke(in(std::chrono::seconds(20))));
    } catch (const std::system_error& error) {
        host::debug(std::string("policy is not read: ") + error.what());
    }
    return answer(some);
}

Findings ask_vault(Calls& calls, const conf::Config& config)
{
    if (config.gate.store != conf::Store::vault)
        return {{Level::ok, "gate", "policy is in files, " + config.gate.file_path.string(), {}}};
    vault::Client client(calls.executor(), policy::vault_options(config.gate.vault, [](std::string_view text) {
                             host::warn(std::string(text));
                         }));
    return calls.run(policy::examine_vault(client, in(std::chrono::seconds(20))));
}

Finding look_at_audit(const conf::Config& config)
{
    std::error_code error;
    if (!std::filesystem::exists(config.audit_file, error))
        return {Level::unknown, "audit", config.audit_file.string() + " is not there yet, or cannot be seen",
                "run this as root, after the first job"};
    const audit::Verification result = audit::verify(config.audit_file);
    if (result.intact()) return {Level::ok, "audit", std::to_string(result.records) + " records, chain intact", {}};
    return {Level::fail, "audit", result.first_break->file.string() + ": " + result.first_break->problem,
            "ysnprunner audit verify, and find out who changed it"};
}

} // namespace

int doctor(const Doctor& options, Session& session)
{
    const conf::Config config = load_config(session, configuration);
    const host::Facts facts(options.root.empty() ? "/" : options.root);
    const std::vector<std::filesystem::path> sockets = sockets_of(config);
    const std::string system_id = host::system_id(config.state_dir, session.machine_id).value;
    Calls calls;
    Findings findings = host::examine_files(facts, installed(config, sockets.front()));
    append(findings, host::examine_disk(installed(config, sockets.front())));
    findings.push_back(host::examine_clock(windows_in(calls, config)));
    append(findings, host::examine_kernel(facts));
    append(findings, host::examine_services(facts));
    findings.push_back(host::examine_sandbox(git::landlock_version()));
    for (const std::filesystem::path& socket : sockets) {
        append(findings, host::examine_access(facts, installed(config, socket)));
        append(findings, ask_engine(calls, socket));
    }
    for (const conf::Runner& runner : config.runners) findings.push_back(ask_gitlab(calls, runner, system_id));
    append(findings, ask_vault(calls, config));
    findings.push_back(look_at_audit(config));
    if (options.output == Output::json)
        session.console.line(policy::json_of(findings));
    else
        session.console.text(policy::table_of(findings));
    return policy::any_failure(findings) ? failure : success;
}

} // namespace ysnp::cli
