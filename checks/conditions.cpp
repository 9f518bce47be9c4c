#include "checks/hearing.h"
#include "checks/pattern.h"
#include "checks/ref.h"
#include "checks/window.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool contains(const std::vector<std::string>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

bool any_matches(const std::vector<std::string>& patterns, std::string_view text)
{
    return std::any_of(patterns.begin(), patterns.end(), [&](const auto& pattern) { return matches(pattern, text); });
}

std::string joined(const std::vector<std::string>& list)
{
    std::string text;
    for (const std::string& item : list) text += (text.empty() ? "" : ", ") + item;
    return text;
}

std::string full_ref(const JobFacts& facts) { return checks::full_ref(facts.ref, facts.ref_type == "tag"); }

/// By the verified token where there is one: check_claims sees to it that typed fields do not say otherwise.
bool is_protected(const JobFacts& facts)
{
    return facts.claims ? facts.claims->ref_protected : facts.ref_protected.value_or(false);
}

/// The same way; a variable that says otherwise was overridden or contradicts.
const std::string& pipeline_source(const JobFacts& facts)
{
    return facts.claims ? facts.claims->pipeline_source : facts.pipeline_source;
}

void condition(Hearing& hearing, bool holds, Reason reason)
{
    reason.document = hearing.native->document;
    hearing.add(holds ? Finding::passed : Finding::refused, std::move(reason));
}

void check_user(Hearing& hearing)
{
    const JobPolicy& rule = *hearing.native;
    if (rule.users.empty()) return;
    const auto& claims = hearing.facts.claims;
    const bool holds = claims && contains(rule.users, claims->user_login);
    condition(hearing, holds,
              {{},
               "USR-DENIED",
               "user",
               "one of " + joined(rule.users) + ", by a verified ID token",
               claims ? claims->user_login : hearing.facts.missing_claims.found,
               claims ? "let somebody listed start the job" : hearing.facts.missing_claims.remedy,
               "",
               rule.path + ".users"});
}

void check_source(Hearing& hearing)
{
    const JobPolicy& rule = *hearing.native;
    if (rule.source == SourceBinding::sha)
        condition(hearing, contains(rule.commits, hearing.facts.sha),
                  {{},
                   "SRC-PIN",
                   "source",
                   "an approved commit",
                   hearing.facts.sha,
                   "have the commit added to source.commits",
                   "",
                   rule.path + ".source"});
    if (rule.source == SourceBinding::protected_ref)
        condition(hearing, is_protected(hearing.facts),
                  {{},
                   "SRC-PIN",
                   "source",
                   "a protected ref",
                   full_ref(hearing.facts) + ", not protected",
                   "run the job on a protected branch or tag",
                   "",
                   rule.path + ".source"});
}

/// Without a binding the digest covers the script, not the files that the script calls.
void note_unbound_source(Hearing& hearing)
{
    if (hearing.native && hearing.native->source != SourceBinding::any) return;
    hearing.decision.notes.emplace_back(
        "source not pinned: files of the repository that the script calls are those of whatever commit GitLab names "
        "(ysnp_policy: source)");
}

void check_project_id(Hearing& hearing)
{
    const auto& native = hearing.policy.native;
    if (!native || !native->project_id || *native->project_id == hearing.facts.project_id) return;
    hearing.add(Finding::broken, {{},
                                  "PAY-IDENT",
                                  "project",
                                  "project id " + std::to_string(*native->project_id),
                                  std::to_string(hearing.facts.project_id),
                                  "the path was renamed or taken over: verify the project, then correct project_id",
                                  native->document,
                                  "project_id"});
}

void check_ref(Hearing& hearing)
{
    const JobPolicy& rule = *hearing.native;
    const JobFacts& facts = hearing.facts;
    if (!rule.refs.empty())
        condition(hearing, any_matches(rule.refs, full_ref(facts)),
                  {{},
                   "POL-CONDITION",
                   "ref",
                   joined(rule.refs),
                   full_ref(facts),
                   "run the job on such a ref",
                   "",
                   rule.path + ".refs"});
    if (rule.protected_ref)
        condition(hearing, is_protected(facts) == *rule.protected_ref,
                  {{},
                   "POL-CONDITION",
                   "protection",
                   *rule.protected_ref ? "a protected ref" : "an unprotected ref",
                   is_protected(facts) ? "a protected one" : "an unprotected one",
                   "run the job on such a ref",
                   "",
                   rule.path + ".protected"});
}

void check_pipeline_source(Hearing& hearing)
{
    const JobPolicy& rule = *hearing.native;
    if (rule.sources.empty()) return;
    const std::string source = pipeline_source(hearing.facts);
    condition(hearing, contains(rule.sources, source),
              {{},
               "POL-CONDITION",
               "pipeline source",
               joined(rule.sources),
               source.empty() ? "none" : source,
               "start the pipeline so",
               "",
               rule.path + ".sources"});
}

} // namespace

void check_conditions(Hearing& hearing)
{
    check_project_id(hearing);
    note_unbound_source(hearing);
    if (!hearing.native) return;
    check_ref(hearing);
    check_pipeline_source(hearing);
    check_user(hearing);
    check_source(hearing);
}

void check_windows(Hearing& hearing)
{
    for (const Check& check : hearing.plan.windows) {
        const auto now_inside = inside(check.window, hearing.facts.zones, hearing.now);
        Reason reason{{}, "", "window", describe(check.window), "now", "", check.document, check.path};
        if (now_inside.value_or(false)) {
            hearing.add(Finding::passed, std::move(reason));
            continue;
        }
        reason.code = "POL-WINDOW";
        reason.found = now_inside ? "another time" : "no data for the time zone " + check.window.zone;
        reason.remedy =
            now_inside ? "retry the job in the window" : "correct the zone's name, or install tzdata on the runner";
        if (now_inside) {
            hearing.react(check, std::move(reason));
        } else {
            hearing.add(Finding::refused, std::move(reason));
        }
    }
}

} // namespace ysnp::checks
