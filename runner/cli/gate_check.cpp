#include "checks/report.h"
#include "runner/cli/commands.h"
#include "runner/cli/judging.h"

namespace ysnp::cli {

int gate_check(const GateCheck& options, Session& session)
{
    conf::Config config = load_config_or_defaults(session, configuration);
    const Files files = options.working_tree ? Files::working_tree : Files::commit;
    const ChosenJob chosen =
        choose_job({options.job, options.payload, options.project, files, options.variables, denied}, config);
    const checks::Decision decision = judge(chosen, options.vault, session);
    if (options.output == Output::json)
        session.console.line(checks::render_json(decision));
    else
        session.console.text(box(chosen, decision));
    return exit_code_of(decision);
}

} // namespace ysnp::cli
