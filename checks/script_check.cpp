#include "checks/hearing.h"
#include "checks/legacy_hash.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

bool listed(const Hearing& hearing, std::string_view digest, bool native)
{
    const auto& scripts = hearing.policy.scripts;
    return std::any_of(scripts.begin(), scripts.end(), [&](const ScriptEntry& entry) {
        const bool same_job = entry.job == hearing.facts.job_name || (!native && entry.job.empty());
        return entry.native == native && entry.digest == digest && same_job;
    });
}

bool job_is_known(const Hearing& hearing)
{
    const auto& scripts = hearing.policy.scripts;
    return std::any_of(scripts.begin(), scripts.end(),
                       [&](const ScriptEntry& entry) { return entry.job == hearing.facts.job_name; });
}

/// What of this job a v1 hash never covered; empty when nothing.
std::string beyond_v1(const JobFacts& facts)
{
    if (!facts.hooks.empty()) return "the job has hooks";
    if (!facts.services.empty()) return "the job has services";
    if (!facts.inputs.empty()) return "the job has inputs";
    if (facts.image && (facts.image->entrypoint || facts.image->command || !facts.image->user.empty()))
        return "the job changes the image's entrypoint, command or user";
    for (const Step& step : facts.steps) {
        if (step.name != "script" && step.name != "after_script") return "the job has a step " + step.name;
        if (auto why = v1_ambiguity(step.script)) return *why;
    }
    return {};
}

struct V1Match {
    bool honoured = false;
    std::string hash, refused_because;
};

V1Match match_v1(const Hearing& hearing)
{
    V1Match match;
    bool all = true;
    for (const Step& step : hearing.facts.steps) {
        if (step.name != "script" && step.name != "after_script") continue;
        const auto hash = v1_hash(v1_pieces(step.script, step.name == "after_script"));
        if (step.name == "script") match.hash = hash;
        all = all && !hash.empty() && listed(hearing, hash, false);
    }
    if (match.hash.empty() || !all) return match;
    if (!hearing.facts.local.legacy_script_hash) {
        match.refused_because = "gate.legacy_script_hash is off";
    } else {
        match.refused_because = beyond_v1(hearing.facts);
        match.honoured = match.refused_because.empty();
    }
    return match;
}

} // namespace

void check_script(Hearing& hearing)
{
    if (!hearing.plan.script) return;
    const std::string entry = hearing.facts.job_name + "@" + hearing.digest.digest;
    Reason reason{{}, "", "script", "an entry of allowed_scripts", entry, "", "", ""};
    if (!hearing.digest.digest.empty() && listed(hearing, hearing.digest.digest, true)) {
        hearing.covered = true;
        hearing.add(Finding::passed, std::move(reason));
        return;
    }
    const V1Match v1 = match_v1(hearing);
    if (v1.honoured) {
        reason.found = hearing.facts.job_name + "@" + v1.hash + " (v1 hash: covers the script's text only)";
        hearing.add(Finding::passed, std::move(reason));
        hearing.decision.notes.push_back("migrate: replace " + hearing.facts.job_name + "@" + v1.hash + " by " + entry);
        return;
    }
    // whoever lists or approves it, does so by this digest; one that only informs lets anything pass
    hearing.covered = hearing.plan.script->on_fail != OnFail::inform;
    reason.code = "SCR-UNLISTED";
    if (!v1.refused_because.empty())
        reason.found += " (its v1 hash is listed, but not honoured: " + v1.refused_because + ")";
    reason.remedy = job_is_known(hearing) ? "the job changed since it was allowed: have its new digest added"
                                          : "have this job's digest added to allowed_scripts";
    reason.remedy += " (`ysnprunner digest` shows what it covers)";
    hearing.react(*hearing.plan.script, std::move(reason));
}

} // namespace ysnp::checks
