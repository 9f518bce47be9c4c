#include "checks/report.h"
#include "runner/cli/commands.h"
#include "runner/cli/judging.h"
#include "runner/host/log.h"
#include "runner/policy/allow.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

policy::ProjectPath project_of(const GateAllow& options, const checks::Decision& decision)
{
    if (options.payload.empty() && options.project.empty())
        throw CommandError(usage, "name the project as GitLab calls it: --project group/project");
    try {
        return policy::ProjectPath(options.project.empty() ? decision.project_path : options.project);
    } catch (const std::system_error&) {
        throw CommandError(usage,
                           "--project: expected a path such as group/project, found " +
                               conf::in_quotes(options.project.empty() ? decision.project_path : options.project));
    }
}

void print(const policy::Allowed& allowed, const checks::Decision& decision, Output output, Session& session)
{
    if (output == Output::json) {
        nlohmann::ordered_json json{
            {"digest", decision.digest}, {"added", allowed.added}, {"present", allowed.present}};
        json["files"] = nlohmann::ordered_json::array();
        for (const auto& file : allowed.files) json["files"].push_back(file.string());
        return session.console.line(json.dump(2));
    }
    for (const std::string& entry : allowed.added) session.console.line("added    " + entry);
    for (const std::string& entry : allowed.present) session.console.line("present  " + entry);
    for (const auto& file : allowed.files) session.console.line("wrote    " + file.string());
}

} // namespace

int gate_allow(const GateAllow& options, Session& session)
{
    conf::Config config = load_config_or_defaults(session, configuration);
    const Files files = options.working_tree ? Files::working_tree : Files::commit;
    const ChosenJob chosen = choose_job({options.job, options.payload, options.project, files, options.variables}, config);
    const checks::Decision decision = judge(chosen);
    const policy::ProjectPath project = project_of(options, decision);
    if (!chosen.undetermined.empty()) {
        for (const std::string& what : chosen.undetermined) host::error("cannot be evaluated here: " + what);
        throw CommandError(
            undetermined,
            "GitLab's job would have another digest; allow it with --payload, or from the refusal in its log");
    }
    if (decision.digest.empty()) {
        session.console.text(box(chosen, decision));
        throw CommandError(denied, "the job has no digest that could be allowed; see above");
    }
    const policy::Allowance allowance = policy::allowance_of(decision);
    print(policy::add_to_store(chosen.runner->gate.file_path, project, allowance), decision, options.output, session);
    return success;
}

} // namespace ysnp::cli
