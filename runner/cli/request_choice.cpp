#include "runner/cli/request_choice.h"
#include "checks/document_lines.h"
#include "runner/cli/terminal.h"
#include <algorithm>

namespace ysnp::cli {
namespace {

using policy::FoundRequest;

policy::FoundRequests everywhere(Person& person)
{
    try {
        return person.run(policy::find_requests(person.client(), "", call_deadline()));
    } catch (const CommandError& error) {
        throw CommandError(error.code(), std::string(error.what()) + "; or name the project: --project group/project");
    }
}

FoundRequest search(Person& person, const std::string& id)
{
    if (checks::job_of_request(id) == 0)
        throw CommandError(usage, conf::in_quotes(id) + " is no id of a request; `ysnprunner gate pending` lists them");
    policy::FoundRequests all = everywhere(person);
    std::erase_if(all.requests, [&](const FoundRequest& found) { return found.id != id; });
    if (all.requests.size() == 1) return std::move(all.requests.front());
    if (all.requests.empty())
        throw CommandError(failure, "there is no request " + id +
                                        " that you may see; it may have ended, or name its "
                                        "project: --project group/project");
    std::string projects;
    for (const FoundRequest& found : all.requests) projects += (projects.empty() ? "" : ", ") + found.project;
    throw CommandError(failure, "several projects have a request " + id + "; name one with --project: " + projects);
}

policy::ProjectPath path_of(const std::string& project)
{
    try {
        return policy::ProjectPath(project);
    } catch (const std::system_error&) {
        throw CommandError(usage,
                           "--project: expected a path such as group/project, found " + conf::in_quotes(project));
    }
}

} // namespace

FoundRequest chosen_request(Person& person, const std::string& id, const std::string& project)
{
    FoundRequest found = project.empty()
                             ? search(person, id)
                             : person.run(policy::read_request(person.client(), path_of(project), id, call_deadline()));
    if (found.problem.empty()) return found;
    throw CommandError(broken_integrity, "REFUSED: the request " + found.path() + " is not what it says: " +
                                             checks::unmistakable(found.problem, terminal_charset()) +
                                             ". Do not approve it; somebody who can write there has "
                                             "changed it, or it is no request of this runner");
}

checks::Now now_of(const Session& session) { return std::chrono::floor<std::chrono::seconds>(session.environment.now); }

std::string age_text(std::chrono::seconds age)
{
    const auto minutes = std::max<std::int64_t>(0, age.count()) / 60;
    if (minutes < 120) return std::to_string(minutes) + "m";
    if (minutes < 48 * 60) return std::to_string(minutes / 60) + "h";
    return std::to_string(minutes / (24 * 60)) + "d";
}

} // namespace ysnp::cli
