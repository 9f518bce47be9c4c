#include "checks/report.h"
#include "runner/cli/allow_entry.h"
#include "runner/cli/commands.h"
#include "runner/cli/judging.h"
#include "runner/cli/person.h"
#include "runner/host/log.h"
#include "runner/policy/allow.h"
#include "runner/policy/persons_store.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

policy::ProjectPath project_path(const std::string& text)
{
    try {
        return policy::ProjectPath(text);
    } catch (const std::system_error&) {
        throw CommandError(usage, "--project: expected a path such as group/project, found " + conf::in_quotes(text));
    }
}

policy::ProjectPath project_of(const GateAllow& options, const checks::Decision& decision)
{
    if (options.payload.empty() && options.project.empty())
        throw CommandError(usage, "name the project as GitLab calls it: --project group/project");
    return project_path(options.project.empty() ? decision.project_path : options.project);
}

void print(const policy::Allowed& allowed, const std::string& digest, Output output, Session& session)
{
    if (output == Output::json) {
        nlohmann::ordered_json json{{"digest", digest}, {"added", allowed.added}, {"present", allowed.present}};
        json["written"] = allowed.written;
        return session.console.line(json.dump(2));
    }
    for (const std::string& entry : allowed.added) session.console.line("added    " + entry);
    for (const std::string& entry : allowed.present) session.console.line("present  " + entry);
    for (const std::string& document : allowed.written) session.console.line("wrote    " + document);
}

/// No entry can name an image without a digest: where images are checked, the job goes on being refused.
void warn_of_images(const checks::Decision& decision)
{
    const auto look = [](const checks::ApprovedImage& image) {
        if (!image.reference.empty() && image.digest.empty())
            host::warn("the image " + checks::printable(image.reference) +
                       " has no digest, so no entry can allow it: where images are checked (imageHash) the job is "
                       "still refused; write it as NAME@sha256:…");
    };
    look(decision.image);
    for (const checks::ApprovedImage& service : decision.services) look(service);
}

/// What stands in the way of an entry for this job.
void refuse_unless_allowable(const ChosenJob& chosen, const checks::Decision& decision, Session& session)
{
    if (!chosen.undetermined.empty()) {
        for (const std::string& what : chosen.undetermined) host::error("cannot be evaluated here: " + what);
        throw CommandError(undetermined, "GitLab's job would have another digest; allow it with --payload, or by "
                                         "--entry, which the refusal in its log shows");
    }
    if (!decision.digest.empty()) return;
    session.console.text(box(chosen, decision));
    throw CommandError(exit_code_of(decision), "the job has no digest that could be allowed; see above");
}

policy::Allowed allow_in_files(const GateAllow& options, const ChosenJob& chosen, checks::Decision& decision,
                               Session& session)
{
    decision = judge(chosen, options.vault, session);
    const policy::ProjectPath project = project_of(options, decision);
    refuse_unless_allowable(chosen, decision, session);
    return policy::add_to_store(chosen.runner->gate.file_path, project, policy::allowance_of(decision));
}

/// Reads and writes under the person's own token: the runner's login could not write, and must not.
policy::Allowed allow_in_vault(const GateAllow& options, const ChosenJob& chosen, checks::Decision& decision,
                               Session& session)
{
    Person person(options.vault, session, chosen.runner->gate.vault);
    policy::PersonsStore store(person.client(), person.mount());
    decision = judge(chosen, store, person.calls());
    const policy::ProjectPath project = project_of(options, decision);
    refuse_unless_allowable(chosen, decision, session);
    return person.run(policy::add_to_vault(person.client(), person.mount(), project, policy::allowance_of(decision),
                                           call_deadline()));
}

/// Entries as a refusal shows them. Nothing is judged: what they allow is what their digests say.
int allow_entries(const GateAllow& options, Session& session)
{
    const policy::Allowance allowance = named_entries(options);
    const policy::ProjectPath project = project_path(options.project);
    conf::Config config = load_config_or_defaults(session, configuration);
    ChosenJob none;
    none.runner = local_runner(config);
    policy::Allowed allowed;
    if (is_in_vault(options.vault, none, session)) {
        Person person(options.vault, session, none.runner->gate.vault);
        allowed =
            person.run(policy::add_to_vault(person.client(), person.mount(), project, allowance, call_deadline()));
    } else {
        allowed = policy::add_to_store(none.runner->gate.file_path, project, allowance);
    }
    print(allowed, allowance.digest, options.output, session);
    return success;
}

} // namespace

int gate_allow(const GateAllow& options, Session& session)
{
    if (names_entries(options)) return allow_entries(options, session);
    conf::Config config = load_config_or_defaults(session, configuration);
    const Files files = options.working_tree ? Files::working_tree : Files::commit;
    const ChosenJob chosen =
        choose_job({options.job, options.payload, options.project, files, options.variables, denied}, config);
    checks::Decision decision;
    const policy::Allowed allowed = is_in_vault(options.vault, chosen, session)
                                        ? allow_in_vault(options, chosen, decision, session)
                                        : allow_in_files(options, chosen, decision, session);
    print(allowed, decision.digest, options.output, session);
    warn_of_images(decision);
    return success;
}

} // namespace ysnp::cli
