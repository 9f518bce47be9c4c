#include "checks/codes.h"
#include "runner/cli/commands.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const checks::Code& code)
{
    return {{"code", code.name}, {"summary", code.summary}, {"meaning", code.meaning}, {"remedy", code.remedy}};
}

ordered_json json_of_all()
{
    ordered_json all = ordered_json::array();
    for (const checks::Code& code : checks::codes()) all.push_back(json_of(code));
    return all;
}

} // namespace

int gate_explain(const GateExplain& options, Session& session)
{
    const bool as_json = options.output == Output::json;
    if (options.code.empty()) {
        session.console.text(as_json ? json_of_all().dump(2) + "\n" : checks::list_codes());
        return success;
    }
    const checks::Code* code = checks::find_code(options.code);
    if (!code)
        throw CommandError(usage, "unknown code " + conf::in_quotes(options.code) +
                                      "; `ysnprunner gate explain` lists them all");
    session.console.text(as_json ? json_of(*code).dump(2) + "\n" : checks::explain(*code));
    return success;
}

} // namespace ysnp::cli
