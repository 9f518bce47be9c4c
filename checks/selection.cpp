#include "checks/hearing.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

void merge(std::optional<Check>& into, const Check& check)
{
    if (!into || check.on_fail < into->on_fail) into = check; // OnFail is ordered from the strictest
}

void add_checks(Plan& plan, const std::vector<Check>& checks, bool after_stage)
{
    plan.exists = true;
    for (const Check& check : checks) {
        if (check.kind == CheckKind::image_hash && !after_stage) merge(plan.image, check);
        if (check.kind == CheckKind::script_hash) merge(plan.script, check);
        if (check.kind == CheckKind::mfa_required && !(after_stage && check.stage == MfaStage::image))
            merge(plan.mfa, check);
        if (check.kind == CheckKind::date_time) plan.windows.push_back(check);
    }
}

bool has_after_script(const JobFacts& facts)
{
    return std::any_of(facts.steps.begin(), facts.steps.end(),
                       [](const Step& step) { return step.name == "after_script" && !step.script.empty(); });
}

/// v1's built-in profile: an unlisted image aborts, an unlisted script asks.
std::vector<Check> built_in()
{
    Check image, script;
    image.kind = CheckKind::image_hash;
    script.kind = CheckKind::script_hash;
    script.on_fail = OnFail::ask;
    image.document = script.document = "(v1's built-in default)";
    return {image, script};
}

} // namespace

Plan select_checks(const Policy& policy, const JobFacts& facts, std::vector<std::string>& notes)
{
    Plan plan;
    if (const JobChecks* job = policy.v1_checks(facts.job_name)) add_checks(plan, job->checks, false);
    if (has_after_script(facts))
        if (const JobChecks* after = policy.v1_checks(facts.job_name + "-after"); after && plan.exists)
            add_checks(plan, after->checks, true);
    const JobPolicy* native = policy.native_job(facts.job_name);
    if (native && native->checks) add_checks(plan, *native->checks, false);
    if (!plan.exists && facts.local.legacy_profiles && policy.exists) {
        notes.emplace_back("no profile for this job: v1's built-in default applies (legacy_profiles)");
        add_checks(plan, built_in(), false);
    }
    return plan;
}

} // namespace ysnp::checks
