#include "checks/hearing.h"

namespace ysnp::checks {
namespace {

bool is_verified_name(std::string_view name)
{
    const Predefined* known = find_predefined(name);
    return known && known->kind == VariableClass::verified;
}

void refuse(Hearing& hearing, std::string code, std::string expected, std::string found, std::string remedy)
{
    hearing.add(Finding::refused,
                {{}, std::move(code), "variables", std::move(expected), std::move(found), std::move(remedy), "", ""});
}

/// The native digest holds all names and values but those of secrets and of free names.
void check_covered(Hearing& hearing, const NameUse& use)
{
    const std::string& name = use.last->key;
    if (use.cover == Cover::unlisted)
        refuse(hearing, "PAY-VAR", "secret variables that policy lists as free",
               name + " (masked, not public, or a credential of the job)",
               "have " + name + " added to free_variables of the job in ysnp_policy, or make it a plain variable");
    if (use.cover == Cover::open && steers_execution(name))
        refuse(hearing, "PAY-VAR", "no free variable that steers a shell, loader, git or interpreter", name,
               "remove " + name + " from free_variables: the digest can cover it by value");
}

void check_uncovered(Hearing& hearing, const NameUse& use)
{
    const std::string& name = use.last->key;
    if (use.cover == Cover::outside || use.cover == Cover::flag) return;
    if (steers_execution(name))
        refuse(hearing, "PAY-VAR", "no variable that steers a shell, loader, git or interpreter", name,
               "remove " + name + ", or check this job by its ysnp2 digest, which covers it");
    if (redirects_trust(name) && use.cover != Cover::open)
        refuse(hearing, "PAY-VAR", "no variable that says whom to trust, or which Engine or proxy to use", name,
               "have " + name +
                   " added to free_variables of the job in ysnp_policy, or check this job by its ysnp2 digest");
    if (is_verified_name(name) && use.count > 1 && use.cover != Cover::open)
        refuse(hearing, "PAY-IDENT", "GitLab's own " + name, "an override", "remove the override of " + name);
}

} // namespace

void check_variables(Hearing& hearing)
{
    const std::size_t before = hearing.decision.reasons.size();
    for (const NameUse& use : hearing.variables.names) {
        if (hearing.covered) {
            check_covered(hearing, use);
        } else {
            check_uncovered(hearing, use);
        }
    }
    if (hearing.decision.reasons.size() == before && hearing.variables.objections.empty())
        hearing.add(Finding::passed, {{},
                                      "",
                                      "variables",
                                      hearing.covered ? "covered by the digest" : "none that steers",
                                      std::to_string(hearing.variables.names.size()) + " names",
                                      "",
                                      "",
                                      ""});
}

} // namespace ysnp::checks
