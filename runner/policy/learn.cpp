#include "runner/policy/learn.h"
#include "conf/units.h"
#include "runner/policy/amend.h"
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace ysnp::policy {
namespace {

using nlohmann::json;

/// Codes that an entry answers.
bool is_cured(const std::string& code)
{
    static const std::set<std::string> codes{"SCR-UNLISTED", "IMG-UNLISTED", "SVC-UNLISTED", "POL-MISSING", "PAY-VAR"};
    return codes.contains(code);
}

void add_image(const json& image, Allowance& allowance)
{
    if (!image.is_object() || image.value("digest", "").empty()) return;
    allowance.images.push_back(image.at("reference").get<std::string>());
}

void add_reasons(const json& reasons, Observation& observation)
{
    for (const json& reason : reasons) {
        if (reason.value("finding", "") != "learned") continue;
        const std::string code = reason.value("code", "");
        observation.unlisted = observation.unlisted || is_cured(code);
        if (is_cured(code)) continue;
        observation.left.push_back(code + " " + reason.value("check", "") + ": " + reason.value("found", "") +
                                   "; expected " + reason.value("expected", ""));
    }
}

Observation observation_of(const json& record, const json& body)
{
    Observation observation;
    observation.project = body.at("project").get<std::string>();
    observation.place = body.value("policy_place", "");
    observation.seq = record.at("seq").get<std::uint64_t>();
    observation.time = conf::parse_time(record.at("time").get<std::string>()).value_or(std::chrono::sys_seconds());
    observation.allowance.job = body.at("job").get<std::string>();
    observation.allowance.digest = body.at("digest").get<std::string>();
    add_image(body.at("image"), observation.allowance);
    for (const json& service : body.at("services")) add_image(service, observation.allowance);
    observation.allowance.free_variables = body.value("free_variables", std::vector<std::string>());
    add_reasons(body.at("reasons"), observation);
    return observation;
}

/// The project's documents of what a store read.
ProjectDocuments of_project(checks::Documents documents)
{
    return {std::move(documents.project_whitelist), std::move(documents.project_config),
            std::move(documents.project_policy), std::move(documents.parent_policies)};
}

/// One project's documents while entries are added to them.
class Draft {
public:
    Draft(std::string project, ProjectDocuments documents)
        : project_(std::move(project)), before_(documents), now_(std::move(documents))
    {
    }

    void add(const Allowance& allowance, Proposal& proposal)
    {
        Amendment amendment = amend(now_, allowance);
        for (Amended& document : amendment.documents) named(now_, document.name).text = std::move(document.text);
        for (const std::string& entry : amendment.added) proposal.added.push_back(project_ + ": " + entry);
    }

    void done(Proposal& proposal)
    {
        for (const char* name : {"whitelist", "youshallnotpass_config", "ysnp_policy"}) {
            checks::Document& now = named(now_, name);
            checks::Document& before = named(before_, name);
            if (now.text != before.text)
                proposal.documents.push_back(
                    {project_, now.path, std::move(before.text), std::move(now.text).value_or("")});
        }
    }

private:
    std::string project_;
    ProjectDocuments before_, now_;
};

void note(const Observation& observation, Proposal& proposal)
{
    for (const std::string& left : observation.left) {
        std::string text = observation.project + " " + observation.allowance.job + ": " + left;
        if (std::find(proposal.notes.begin(), proposal.notes.end(), text) == proposal.notes.end())
            proposal.notes.push_back(std::move(text));
    }
}

} // namespace

std::optional<Observation> observed(std::string_view line)
{
    const json record = json::parse(line, nullptr, false);
    if (!record.is_object()) throw std::invalid_argument("a line that is no record");
    const auto body = record.find("body");
    if (record.value("kind", "") != "decision" || body == record.end() || !body->is_object()) return std::nullopt;
    try {
        if (!body->at("learning").get<bool>() || body->at("verdict") != "pass") return std::nullopt;
        if (body->at("digest").get<std::string>().empty()) return std::nullopt;
        return observation_of(record, *body);
    } catch (const json::exception&) {
        throw std::invalid_argument("a decision without what it decided");
    }
}

boost::asio::awaitable<Proposal> propose(Store& store, std::vector<Observation> observations, Proposal proposal,
                                         Deadline until)
{
    std::map<std::string, std::vector<const Observation*>> by_project;
    for (const Observation& observation : observations) by_project[observation.project].push_back(&observation);
    for (const auto& [project, seen] : by_project) {
        const ProjectPath path(project);
        checks::Documents documents = co_await store.read(path, until);
        Draft draft(project, of_project(std::move(documents)));
        for (const Observation* observation : seen) {
            if (observation->unlisted) draft.add(observation->allowance, proposal);
            note(*observation, proposal);
        }
        draft.done(proposal);
    }
    co_return proposal;
}

} // namespace ysnp::policy
