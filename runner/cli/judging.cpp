#include "runner/cli/judging.h"
#include "checks/report.h"
#include "runner/cli/calls.h"
#include "runner/policy/facts.h"
#include "runner/policy/file_store.h"
#include <boost/asio/thread_pool.hpp>
#include <cstdlib>
#include <cstring>

namespace ysnp::cli {
namespace {

/// Whether the person's terminal shows UTF-8 (locale(7): LC_ALL before LC_CTYPE before LANG).
checks::Charset terminal_charset()
{
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const char* value = std::getenv(name);
        if (!value || *value == 0) continue;
        return std::strstr(value, "UTF-8") || std::strstr(value, "utf8") ? checks::Charset::utf8
                                                                         : checks::Charset::ascii;
    }
    return checks::Charset::ascii;
}

} // namespace

checks::Decision judge(const ChosenJob& chosen)
{
    const policy::Surroundings around = surroundings_of(chosen);
    if (around.gate.store != conf::Store::file)
        throw CommandError(gate_unavailable,
                           "the policy lives in Vault, which this command cannot read yet; gate.store: file");
    checks::JobFacts facts = policy::facts_of(chosen.job, around);
    facts.undetermined = chosen.undetermined;
    boost::asio::thread_pool pool(1);
    policy::FileStore store(around.gate.file_path, pool);
    Calls calls;
    checks::Decision decision = calls.run(policy::judge(store, std::move(facts), call_deadline()));
    pool.join();
    return decision;
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
