#include "runner/cli/judging.h"
#include "checks/report.h"
#include "runner/cli/person.h"
#include "runner/cli/terminal.h"
#include "runner/policy/facts.h"
#include "runner/policy/file_store.h"
#include "runner/policy/persons_store.h"
#include <boost/asio/thread_pool.hpp>

namespace ysnp::cli {

bool is_in_vault(const VaultAccess& access, const ChosenJob& chosen, const Session& session)
{
    if (chosen.runner->gate.store == conf::Store::vault) return true;
    if (!access.mount.empty() || !access.address.empty() || !access.token_file.empty()) return true;
    return !peoples_config(session) && session.environment.variable("VAULT_ADDR");
}

checks::Decision judge(const ChosenJob& chosen, const VaultAccess& access, Session& session)
{
    if (is_in_vault(access, chosen, session)) {
        Person person(access, session, chosen.runner->gate.vault);
        using People = policy::PersonsStore::People;
        const bool by_job = chosen.runner->gate.vault.auth.method == conf::VaultAuth::Method::job_id_token;
        policy::PersonsStore store(person.client(), person.mount(),
                                   by_job ? People::cannot_be_asked : People::can_be_asked);
        return judge(chosen, store, person.calls());
    }
    Calls calls;
    boost::asio::thread_pool pool(1);
    policy::FileStore store(chosen.runner->gate.file_path, pool);
    checks::Decision decision = judge(chosen, store, calls);
    pool.join();
    return decision;
}

checks::Decision judge(const ChosenJob& chosen, policy::Store& store, Calls& calls)
{
    checks::JobFacts facts = policy::facts_of(chosen.job, surroundings_of(chosen));
    facts.undetermined = chosen.undetermined;
    return calls.run(policy::judge(store, std::move(facts), call_deadline()));
}

ExitCode exit_code_of(const checks::Decision& decision)
{
    switch (decision.verdict) {
    case checks::Verdict::pass:
        return success;
    case checks::Verdict::ask:
    case checks::Verdict::undetermined:
        return undetermined;
    case checks::Verdict::refuse:
        break;
    }
    return decision.blame == checks::Blame::system ? gate_unavailable : denied;
}

std::string box(const ChosenJob& chosen, const checks::Decision& decision)
{
    checks::ReportContext context;
    context.project = decision.project_path;
    context.job = decision.job_name;
    context.ref = chosen.job.git_info.ref;
    if (const std::string* user = gitlab::find_variable(chosen.job, "GITLAB_USER_LOGIN")) context.user = *user;
    return checks::render_box(decision, context, terminal_charset());
}

} // namespace ysnp::cli
