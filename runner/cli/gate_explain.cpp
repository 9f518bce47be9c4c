#include "checks/codes.h"
#include "runner/cli/commands.h"

namespace ysnp::cli {

int gate_explain(const GateExplain& options, Session& session)
{
    if (options.code.empty()) {
        session.console.text(checks::list_codes());
        return success;
    }
    const checks::Code* code = checks::find_code(options.code);
    if (!code)
        throw CommandError(usage, "unknown code " + conf::in_quotes(options.code) +
                                      "; `ysnprunner gate explain` lists them all");
    session.console.text(checks::explain(*code));
    return success;
}

} // namespace ysnp::cli
