#include "checks/decide.h"
#include "checks/approvals.h"
#include "checks/hearing.h"
#include "checks/image_text.h"
#include <algorithm>
#include <stdexcept>

namespace ysnp::checks {
namespace {

std::vector<std::string> free_names(const JobPolicy* native)
{
    return native ? native->free_variables : std::vector<std::string>();
}

bool has(const Decision& decision, Finding finding)
{
    return std::any_of(decision.reasons.begin(), decision.reasons.end(),
                       [&](const Reason& reason) { return reason.finding == finding; });
}

bool learning(const JobFacts& facts, Now now)
{
    const LocalRules& local = facts.local;
    return local.mode == Mode::learn && local.learn_until && now <= *local.learn_until;
}

void make_digest(Hearing& hearing)
{
    try {
        hearing.digest = digest_of(hearing.facts, hearing.free_variables);
    } catch (const std::exception& error) {
        hearing.add(Finding::broken, {{},
                                      "PAY-JSON",
                                      "digest",
                                      "a job that JSON can hold",
                                      error.what(),
                                      "correct the job's definition",
                                      "",
                                      ""});
    }
    hearing.decision.digest = hearing.digest.digest;
    hearing.decision.document = hearing.digest.document;
    for (const NameUse& use : hearing.variables.names)
        if (use.cover == Cover::open || use.cover == Cover::unlisted)
            hearing.decision.free_variables.push_back(use.last->key);
    std::sort(hearing.decision.free_variables.begin(), hearing.decision.free_variables.end());
}

void check_policy(Hearing& hearing)
{
    for (const Fault& fault : hearing.policy.faults)
        hearing.add(
            Finding::broken,
            {{}, "POL-SCHEMA", "policy", fault.expected, fault.found, fault.remedy, fault.document, fault.path});
}

/// Whom mfaRequired asks: who started the job, where a verified token says who that is. It may have ended since people
/// were asked; then the request still says so.
std::string person_who_confirms(const JobFacts& facts)
{
    if (facts.claims) return facts.claims->user_login;
    const bool known = facts.approval && facts.approval->request.verified;
    return known ? facts.approval->request.requested_by : std::string();
}

/// Who approved and why, for the line of a check that asked.
std::string approved_by(const std::vector<ApprovalRecord>& approvals)
{
    std::string text;
    for (const ApprovalRecord& record : approvals)
        text += (text.empty() ? "approved by " : "; by ") + record.login + ": " + record.reason;
    return text;
}

/// People were asked: their records decide between waiting, passing and refusing.
void count_approvals(Hearing& hearing)
{
    Decision& decision = hearing.decision;
    Tally tally = tally_approvals(decision.approval, hearing.facts, decision.digest, hearing.now);
    for (std::string& note : tally.notes) decision.notes.push_back(std::move(note));
    decision.approved_by = std::move(tally.approvals);
    decision.earlier_requests = std::move(tally.earlier);
    decision.denied_by = std::move(tally.denial);
    if (tally.outcome == Tally::Outcome::granted) {
        for (Reason& reason : decision.reasons)
            if (reason.finding == Finding::asks) {
                reason.finding = Finding::passed;
                reason.found = approved_by(decision.approved_by);
            }
        decision.verdict = Verdict::pass;
    } else if (tally.outcome != Tally::Outcome::waiting) {
        hearing.add(Finding::refused, std::move(tally.reason));
        decision.verdict = Verdict::refuse;
    }
}

/// What refuses although parts of the job are unknown here: rules on project, job name, ref and time. What speaks of
/// the job's content may turn out otherwise for the job that GitLab will send.
bool refuses_for_certain(const Hearing& hearing)
{
    const bool whole = hearing.facts.undetermined.empty();
    const auto& reasons = hearing.decision.reasons;
    return std::any_of(reasons.begin(), reasons.end(), [&](const Reason& reason) {
        return reason.finding == Finding::refused && (whole || reason.code.starts_with("POL-"));
    });
}

void settle(Hearing& hearing)
{
    Decision& decision = hearing.decision;
    if (has(decision, Finding::broken)) {
        decision.verdict = Verdict::refuse;
        return;
    }
    if (learning(hearing.facts, hearing.now)) {
        for (Reason& reason : decision.reasons)
            if (reason.finding == Finding::refused || reason.finding == Finding::asks)
                reason.finding = Finding::learned;
        decision.learning = has(decision, Finding::learned);
    }
    if (refuses_for_certain(hearing)) {
        decision.verdict = Verdict::refuse;
    } else if (!hearing.facts.undetermined.empty()) {
        decision.verdict = Verdict::undetermined;
    } else {
        decision.verdict = has(decision, Finding::asks) ? Verdict::ask : Verdict::pass;
    }
    if (decision.verdict == Verdict::ask && hearing.facts.approval) count_approvals(hearing);
}

Decision hear(Hearing& hearing)
{
    Decision& decision = hearing.decision;
    decision.notes = hearing.policy.notes;
    for (const std::string& weakening : hearing.facts.local.weakenings) decision.notes.push_back(weakening);
    for (const std::string& what : hearing.facts.undetermined) decision.notes.push_back("not evaluated: " + what);
    hearing.plan = select_checks(hearing.policy, hearing.facts, decision.notes);
    check_structure(hearing);
    check_claims(hearing);
    check_policy(hearing);
    check_project(hearing);
    make_digest(hearing);
    check_images(hearing);
    check_script(hearing);
    hearing.covered = hearing.covered || hearing.plan.mfa;
    check_conditions(hearing);
    check_windows(hearing);
    check_mfa(hearing);
    check_variables(hearing);
    if (hearing.native && hearing.native->approval) {
        decision.approval = *hearing.native->approval;
        decision.approval.native = true;
    }
    if (decision.approval.quorum == 0) decision.approval.quorum = 1;
    if (hearing.plan.mfa) decision.approval.person = person_who_confirms(hearing.facts);
    settle(hearing);
    return std::move(decision);
}

/// Who started the job, as GitLab says it in a variable; an override makes it worthless.
std::string claimed_user(const JobFacts& facts)
{
    const auto is_login = [](const Variable& variable) { return variable.key == "GITLAB_USER_LOGIN"; };
    if (std::ranges::count_if(facts.variables, is_login) != 1) return {};
    const std::string& login = std::ranges::find_if(facts.variables, is_login)->value;
    constexpr std::size_t longest_login = 255;
    return login.size() > longest_login ? std::string() : login;
}

void identify(Decision& decision, const JobFacts& facts)
{
    decision.project_path = facts.project_path;
    decision.job_name = facts.job_name;
    decision.job_id = facts.job_id;
    decision.pipeline_id = facts.pipeline_id;
    decision.requester_verified = facts.claims.has_value();
    decision.requested_by = facts.claims ? facts.claims->user_login : claimed_user(facts);
    if (facts.claims) decision.requester_email = facts.claims->user_email;
}

} // namespace

Hearing::Hearing(const Policy& p, const JobFacts& f, Now n)
    : policy(p), facts(f), now(n), native(p.native_job(f.job_name)), free_variables(free_names(native)),
      variables(classify(f, free_variables)), expansion(expansion_variables(f)), expander(expansion)
{
    identify(decision, f);
}

void Hearing::add(Finding finding, Reason reason)
{
    reason.finding = finding;
    if (finding == Finding::passed) reason.code.clear();
    decision.reasons.push_back(std::move(reason));
}

void Hearing::react(const Check& check, Reason reason)
{
    if (reason.document.empty()) reason.document = check.document;
    if (reason.path.empty()) reason.path = check.path;
    const Finding finding = check.on_fail == OnFail::refuse ? Finding::refused
                            : check.on_fail == OnFail::ask  ? Finding::asks
                                                            : Finding::informs;
    add(finding, std::move(reason));
}

void check_mfa(Hearing& hearing)
{
    if (!hearing.plan.mfa) return;
    const Check& check = *hearing.plan.mfa;
    const std::string person = person_who_confirms(hearing.facts);
    hearing.add(Finding::asks, {{},
                                "USR-NEEDED",
                                "approval",
                                person.empty() ? "a person's approval of this digest"
                                               : "approval of this digest by " + person + ", who started the job",
                                "none yet",
                                "ask an approver of the project",
                                check.document,
                                check.path});
}

std::string Decision::code() const
{
    for (const auto wanted : {Finding::broken, Finding::refused, Finding::asks})
        for (const Reason& reason : reasons)
            if (reason.finding == wanted) return reason.code;
    return {};
}

Decision decide(const Policy& policy, const JobFacts& facts, Now now)
{
    try {
        Hearing hearing(policy, facts, now);
        return hear(hearing);
    } catch (const std::exception& error) {
        return refusal(
            facts, {{}, "RUN-STATE", "gate", "a decision", error.what(), "report this to the runner's authors", "", ""},
            Blame::system);
    }
}

Decision refusal(const JobFacts& facts, Reason reason, Blame blame)
{
    Decision decision;
    identify(decision, facts);
    decision.blame = blame;
    reason.finding = Finding::broken;
    decision.reasons.push_back(std::move(reason));
    return decision;
}

} // namespace ysnp::checks
