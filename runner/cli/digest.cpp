#include "runner/cli/commands.h"
#include "runner/cli/judging.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {

int print_digest(const Digest& options, Session& session)
{
    conf::Config config = load_config_or_defaults(session, configuration);
    const Files files = options.working_tree ? Files::working_tree : Files::commit;
    const ChosenJob chosen =
        choose_job({options.job, options.payload, options.project, files, options.variables}, config);
    const checks::Decision decision = judge(chosen, options.vault, session);
    if (decision.digest.empty()) {
        session.console.text(box(chosen, decision));
        throw CommandError(configuration, "the job has no digest; see above");
    }
    if (options.output == Output::json) {
        const nlohmann::ordered_json json{{"digest", decision.digest},
                                          {"document", nlohmann::ordered_json::parse(decision.document)}};
        session.console.line(json.dump(2));
    } else {
        session.console.line(decision.document);
        session.console.line(decision.digest);
    }
    return success;
}

} // namespace ysnp::cli
