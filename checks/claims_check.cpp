#include "checks/hearing.h"
#include <algorithm>

namespace ysnp::checks {
namespace {

struct Pair {
    const char* claim;
    std::string expected, found;
};

std::string word(bool value) { return value ? "true" : "false"; }

std::string without_slash(std::string url)
{
    while (url.ends_with('/')) url.pop_back();
    return url;
}

/// What typed fields and the token both say. A merge request's ref is not the branch that its token names; there the
/// commit has to agree.
std::vector<Pair> pairs(const JobFacts& facts, const Claims& claims)
{
    std::vector<Pair> all{{"job_id", std::to_string(facts.job_id), std::to_string(claims.job_id)},
                          {"project_id", std::to_string(facts.project_id), std::to_string(claims.project_id)},
                          {"project_path", facts.project_path, claims.project_path},
                          {"iss", facts.server_url, without_slash(claims.issuer)}};
    if (facts.pipeline_id != 0)
        all.push_back({"pipeline_id", std::to_string(facts.pipeline_id), std::to_string(claims.pipeline_id)});
    if (facts.user_id) all.push_back({"user_id", std::to_string(*facts.user_id), std::to_string(claims.user_id)});
    if (facts.ref_protected) all.push_back({"ref_protected", word(*facts.ref_protected), word(claims.ref_protected)});
    if (!facts.pipeline_source.empty())
        all.push_back({"pipeline_source", facts.pipeline_source, claims.pipeline_source});
    const bool merge_request = facts.ref.starts_with("refs/merge-requests/");
    if (!merge_request) all.push_back({"ref", facts.ref, claims.ref});
    if (!merge_request) all.push_back({"ref_type", facts.ref_type, claims.ref_type});
    if (merge_request) all.push_back({"pipeline_source", "merge_request_event", claims.pipeline_source});
    if (merge_request || !claims.sha.empty()) all.push_back({"sha", facts.sha, claims.sha});
    return all;
}

void contradict(Hearing& hearing, std::string expected, std::string found, std::string remedy)
{
    hearing.add(Finding::broken,
                {{}, "PAY-IDENT", "id token", std::move(expected), std::move(found), std::move(remedy), "", ""});
}

void check_audience(Hearing& hearing)
{
    const std::string& ours = hearing.facts.local.audience;
    const auto& theirs = hearing.facts.claims->audience;
    if (ours.empty() || std::find(theirs.begin(), theirs.end(), ours) != theirs.end()) return;
    std::string found;
    for (const std::string& one : theirs) found += (found.empty() ? "aud = " : ", ") + one;
    contradict(hearing, "aud = " + ours, found, "correct aud in the job's id_tokens");
}

} // namespace

void check_claims(Hearing& hearing)
{
    const auto& claims = hearing.facts.claims;
    if (!claims) return;
    for (const Pair& pair : pairs(hearing.facts, *claims)) {
        if (pair.expected == pair.found) continue;
        const std::string name = std::string(pair.claim) + " = ";
        contradict(hearing, name + pair.expected, name + pair.found,
                   "give the job an ID token of its own (id_tokens:); if it has one, treat GitLab's answer as forged");
    }
    check_audience(hearing);
    if (hearing.now > claims->expires)
        contradict(hearing, "an ID token that is good now", "one that has expired", "retry the job");
}

} // namespace ysnp::checks
