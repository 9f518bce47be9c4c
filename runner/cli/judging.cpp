#include "runner/cli/judging.h"
#include "checks/report.h"
#include "runner/cli/terminal.h"
#include "runner/host/log.h"
#include "runner/policy/facts.h"
#include "runner/policy/make_store.h"
#include <boost/asio/thread_pool.hpp>

namespace ysnp::cli {

checks::Decision judge(const ChosenJob& chosen)
{
    Calls calls;
    boost::asio::thread_pool pool(1);
    const auto store = policy::make_store(calls.executor(), pool, chosen.runner->gate,
                                          [](std::string_view text) { host::warn(std::string(text)); });
    const auto own = store->for_job(chosen.job);
    checks::Decision decision = judge(chosen, own ? *own : *store, calls);
    calls.run(store->stop(in(std::chrono::seconds(5))));
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
