#include "checks/document_lines.h"
#include "checks/line_diff.h"
#include "conf/units.h"
#include "runner/audit/verify.h"
#include "runner/cli/calls.h"
#include "runner/cli/commands.h"
#include "runner/cli/person.h"
#include "runner/cli/terminal.h"
#include "runner/host/log.h"
#include "runner/policy/file_store.h"
#include "runner/policy/learn.h"
#include "runner/policy/persons_store.h"
#include <boost/asio/thread_pool.hpp>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using policy::Observation;
using policy::ProposedDocument;

std::chrono::sys_seconds since_of(const std::string& text, const Session& session)
{
    if (text.empty()) return {};
    if (const auto day = conf::parse_day(text)) return std::chrono::sys_seconds(*day);
    const auto back = conf::parse_duration(text);
    if (!back)
        throw CommandError(usage,
                           "--since: expected 7d, 12h or a day such as 2027-01-31, found " + conf::in_quotes(text));
    return std::chrono::floor<std::chrono::seconds>(session.environment.now - *back);
}

void read(const std::filesystem::path& file, std::chrono::sys_seconds since, std::vector<Observation>& into)
{
    std::ifstream stream(file);
    if (!stream) throw CommandError(configuration, "cannot read the audit file " + file.string());
    for (std::string line; std::getline(stream, line);) {
        try {
            auto observation = policy::observed(line);
            if (observation && observation->time >= since) into.push_back(std::move(*observation));
        } catch (const std::invalid_argument& error) {
            throw CommandError(broken_integrity,
                               file.string() + ": " + error.what() + "; run `ysnprunner audit verify`");
        }
    }
}

std::vector<Observation> observations(const GateLearn& options, const conf::Config& config, const Session& session)
{
    const std::filesystem::path file = options.file.empty() ? config.audit_file : std::filesystem::path(options.file);
    const auto since = since_of(options.since, session);
    std::vector<Observation> all;
    for (const std::filesystem::path& part : audit::files_of(file)) read(part, since, all);
    return all;
}

/// Adds what would have allowed the jobs of one place. Policy in Vault is read under the person's own token.
policy::Proposal propose(const conf::Gate& gate, std::vector<Observation> seen, policy::Proposal proposal,
                         const VaultAccess& access, Session& session)
{
    if (gate.store == conf::Store::vault) {
        Person person(access, session, gate.vault);
        policy::PersonsStore store(person.client(), person.mount());
        return person.run(policy::propose(store, std::move(seen), std::move(proposal), call_deadline()));
    }
    Calls calls;
    boost::asio::thread_pool pool(1);
    policy::FileStore store(gate.file_path, pool);
    try {
        return calls.run(policy::propose(store, std::move(seen), std::move(proposal), call_deadline()));
    } catch (const policy::StoreFault& fault) {
        throw CommandError(gate_unavailable, fault.document() + ": expected " + fault.expected() + ", found " +
                                                 fault.found() + "; " + fault.remedy());
    }
}

/// The places that the configuration's runners read, each with the settings of one of them.
std::map<std::string, const conf::Gate*> places_of(const conf::Config& config)
{
    std::map<std::string, const conf::Gate*> places{{config.gate.store_place(), &config.gate}};
    for (const conf::Runner& runner : config.runners) places.try_emplace(runner.gate.store_place(), &runner.gate);
    return places;
}

/// Proposes for each place what the runners that read it have seen. What was seen by exec, or by a runner that did not
/// write down its place, belongs to the configuration's own.
policy::Proposal propose(const conf::Config& config, std::vector<Observation> seen, const VaultAccess& access,
                         Session& session)
{
    std::map<std::string, std::vector<Observation>> by_place;
    for (Observation& observation : seen) {
        const std::string place = observation.place.empty() ? config.gate.store_place() : observation.place;
        by_place[place].push_back(std::move(observation));
    }
    const auto places = places_of(config);
    policy::Proposal proposal;
    for (auto& [place, observations] : by_place) {
        const auto gate = places.find(place);
        if (gate == places.end())
            proposal.notes.push_back(std::to_string(observations.size()) + " jobs were seen by a runner that read " +
                                     place + ", where no runner of this configuration reads any more");
        else
            proposal = propose(*gate->second, std::move(observations), std::move(proposal), access, session);
    }
    return proposal;
}

/// A document as diffs compare it: one form, however it was written.
std::string normal(const std::string& text)
{
    const auto json = nlohmann::ordered_json::parse(text, nullptr, false);
    return json.is_discarded() ? text : json.dump(2) + "\n";
}

std::string diff_of(const ProposedDocument& document)
{
    return checks::unified_diff(document.before ? document.path : "/dev/null",
                                document.before ? normal(*document.before) : "", document.path, normal(document.after));
}

void print_json(const policy::Proposal& proposal, std::size_t jobs, Session& session)
{
    nlohmann::ordered_json json{{"observed", jobs}, {"added", proposal.added}, {"notes", proposal.notes}};
    json["documents"] = nlohmann::ordered_json::array();
    for (const ProposedDocument& document : proposal.documents) {
        nlohmann::ordered_json entry{{"project", document.project}, {"path", document.path}, {"before", nullptr}};
        if (document.before) entry["before"] = nlohmann::ordered_json::parse(*document.before);
        entry["after"] = nlohmann::ordered_json::parse(document.after);
        entry["diff"] = diff_of(document);
        json["documents"].push_back(std::move(entry));
    }
    session.console.line(json.dump(2, ' ', true, nlohmann::ordered_json::error_handler_t::replace));
}

void print_text(const policy::Proposal& proposal, std::size_t jobs, Session& session)
{
    for (const ProposedDocument& document : proposal.documents)
        for (const std::string& line : checks::lines_of(diff_of(document)))
            session.console.line(checks::printable(line, std::string::npos));
    if (proposal.documents.empty())
        session.console.line("nothing to add: of the jobs that learn mode let through (" + std::to_string(jobs) +
                             ") each is listed by now, or no entry can allow it");
    for (const std::string& note : proposal.notes)
        session.console.line("# to decide: " + checks::printable(note, 1000));
}

} // namespace

int gate_learn(const GateLearn& options, Session& session)
{
    const conf::Config config = load_config_or_defaults(session, configuration);
    std::vector<Observation> seen = observations(options, config, session);
    const std::size_t jobs = seen.size();
    const policy::Proposal proposal = propose(config, std::move(seen), options.vault, session);
    if (options.output == Output::json)
        print_json(proposal, jobs, session);
    else
        print_text(proposal, jobs, session);
    return success;
}

} // namespace ysnp::cli
