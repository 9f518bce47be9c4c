#include "checks/hearing.h"
#include "checks/pattern.h"
#include "checks/utf8.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool has_control(std::string_view text)
{
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos; }

void check_name(Hearing& hearing)
{
    const std::string& name = hearing.facts.job_name;
    if (!name.empty() && name.size() <= 255 && is_plain_text(name) && !has_control(name)) return;
    hearing.add(Finding::broken, {{},
                                  "PAY-IDENT",
                                  "job name",
                                  "1 to 255 bytes of UTF-8 without control characters",
                                  "another text",
                                  "rename the job",
                                  "",
                                  ""});
}

void check_steps(Hearing& hearing)
{
    bool any = false;
    for (const Step& step : hearing.facts.steps)
        any = any || (step.name != "after_script" && !std::all_of(step.script.begin(), step.script.end(), is_blank));
    if (any) return;
    hearing.add(Finding::broken,
                {{}, "SCR-EMPTY", "script", "at least one command", "none", "give the job a script", "", ""});
}

void check_fields(Hearing& hearing)
{
    const auto& accepted = hearing.facts.local.accept_fields;
    for (const std::string& path : hearing.facts.unknown_fields) {
        const bool fine = std::find(accepted.begin(), accepted.end(), path) != accepted.end();
        Reason reason{{},        fine ? "" : "PAY-FIELD",
                      "payload", "fields that this runner knows",
                      path,      "update the runner; or, if the field is harmless, add its path to gate.accept_fields",
                      "",        ""};
        if (fine) {
            hearing.decision.notes.push_back("ignored, as gate.accept_fields says: " + path);
        } else {
            hearing.add(Finding::refused, std::move(reason));
        }
    }
}

} // namespace

void check_structure(Hearing& hearing)
{
    for (const Objection& o : hearing.facts.objections)
        hearing.add(Finding::broken, {{}, o.code, o.check, o.expected, o.found, o.remedy, "", ""});
    for (const Objection& o : hearing.variables.objections)
        hearing.add(Finding::broken, {{}, o.code, o.check, o.expected, o.found, o.remedy, "", ""});
    check_name(hearing);
    check_steps(hearing);
    check_fields(hearing);
}

void check_project(Hearing& hearing)
{
    const auto& served = hearing.facts.local.projects;
    const std::string& path = hearing.facts.project_path;
    const bool ours = served.empty() || std::any_of(served.begin(), served.end(),
                                                    [&](const auto& pattern) { return matches(pattern, path); });
    if (!ours)
        hearing.add(Finding::broken,
                    {{},
                     "POL-PROJECT",
                     "project",
                     "a project that this runner serves",
                     path,
                     "have the project added to gate.projects of the runner, or tag the job for another runner",
                     "",
                     ""});
    if (!hearing.plan.exists && hearing.facts.objections.empty()) // then policy was not even asked
        hearing.add(Finding::refused,
                    {{},
                     "POL-MISSING",
                     "policy",
                     "checks for this job, or for `default`",
                     hearing.policy.exists ? "none for this job" : "no policy for this project",
                     "ask who keeps the policy to add the project (`ysnprunner gate allow` starts one)",
                     "",
                     ""});
}

} // namespace ysnp::checks
