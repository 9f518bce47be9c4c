#include "checks/approvals.h"
#include "checks/jcs.h"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::checks {
namespace {

bool shares_group(const ApprovalRule& rule, const ApprovalRecord& record)
{
    return rule.groups.empty() || std::any_of(rule.groups.begin(), rule.groups.end(), [&](const std::string& group) {
               return std::find(record.groups.begin(), record.groups.end(), group) != record.groups.end();
           });
}

/// Why an answer to an earlier request does not serve this job; empty when it does.
std::string spent(const ApprovalRule& rule, const ApprovalRecord& record, Now now)
{
    if (!record.approves) return "USR-REPLAY: it answers another request";
    if (rule.max_uses == 0) return "USR-REPLAY: it answers another request, and policy gives no valid_for and max_uses";
    if (!record.until || now > *record.until || now > record.request_created + std::chrono::seconds(rule.valid_for))
        return "USR-REPLAY: it answers another request, or its time is over";
    if (record.uses >= rule.max_uses)
        return "USR-REPLAY: it has served " + std::to_string(record.uses) + " jobs, policy's max_uses is " +
               std::to_string(rule.max_uses);
    return {};
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// GitLab's logins do not tell case apart.
bool same_login(std::string_view a, std::string_view b)
{
    return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

/// One without a name, one of whose names is the requester's, or anybody where the requester is not known.
bool may_be_requester(const ApprovalRecord& record, const ApprovalRequest& request)
{
    const auto is = [&](const std::string& name) { return same_login(name, request.requested_by); };
    return request.requested_by.empty() || record.login.empty() || is(record.login) ||
           std::ranges::any_of(record.names, is);
}

/// Why a record does not count; empty when it does.
std::string defect(const ApprovalRule& rule, const JobFacts& facts, std::string_view digest,
                   const ApprovalRecord& record, Now now)
{
    const ApprovalRequest& request = facts.approval->request;
    if (record.entity.empty()) return "USR-DENIED: written under no identity";
    if (record.scratch && rule.native) return "USR-DENIED: a removed code does not say who removed it";
    if (record.project != facts.project_path) return "USR-REPLAY: it belongs to another project";
    if (record.digest != digest) return "USR-REPLAY: it names another digest";
    if (record.nonce.empty()) return "USR-REPLAY: it names no request";
    if (record.nonce != request.nonce)
        if (std::string why = spent(rule, record, now); !why.empty()) return why;
    if (!shares_group(rule, record)) return "USR-DENIED: not in a group that may approve";
    if (record.approves && rule.not_requester && may_be_requester(record, request))
        return "USR-SELF: nobody approves their own job";
    return {};
}

/// Whether it is the word of the person who has to confirm: they need not be in a group, nor be somebody else.
bool confirms(const ApprovalRule& rule, const JobFacts& facts, std::string_view digest, const ApprovalRecord& record,
              Now now)
{
    const auto is = [&](const std::string& name) { return same_login(name, rule.person); };
    if (rule.person.empty() || !record.approves) return false;
    if (!is(record.login) && !std::ranges::any_of(record.names, is)) return false;
    ApprovalRule own = rule;
    own.groups.clear();
    own.not_requester = false;
    return defect(own, facts, digest, record, now).empty();
}

Reason reason(const char* code, std::string expected, std::string found, std::string remedy)
{
    return {{}, code, "approval", std::move(expected), std::move(found), std::move(remedy), "", ""};
}

/// The request must be about exactly this job.
bool is_ours(const ApprovalRequest& request, const JobFacts& facts, std::string_view digest)
{
    return request.digest == digest && request.project == facts.project_path && request.job_id == facts.job_id &&
           !request.nonce.empty();
}

/// The answers to this very request, then those to earlier ones.
std::vector<ApprovalRecord> in_turn(const ApprovalEvidence& evidence)
{
    std::vector<ApprovalRecord> records = evidence.records;
    std::ranges::stable_partition(records,
                                  [&](const ApprovalRecord& record) { return record.nonce == evidence.request.nonce; });
    return records;
}

/// One entity, or two that share a name: somebody whom the store knows twice.
bool same_person(const ApprovalRecord& a, const ApprovalRecord& b)
{
    const auto of_b = [&](const std::string& name) {
        const auto is = [&](const std::string& other) { return !name.empty() && same_login(name, other); };
        return is(b.login) || std::ranges::any_of(b.names, is);
    };
    return a.entity == b.entity || of_b(a.login) || std::ranges::any_of(a.names, of_b);
}

/// The approval of the same person that counts already, or nullptr.
const ApprovalRecord* found(const Tally& tally, const ApprovalRecord& record)
{
    const auto at =
        std::ranges::find_if(tally.approvals, [&](const ApprovalRecord& other) { return same_person(other, record); });
    return at == tally.approvals.end() ? nullptr : &*at;
}

bool enough(const ApprovalRule& rule, const Tally& tally)
{
    return rule.quorum > 0 && tally.approvals.size() >= static_cast<std::size_t>(rule.quorum);
}

Tally denied_by(Tally tally, const ApprovalRecord& record)
{
    tally.outcome = Tally::Outcome::denied;
    tally.denial = record;
    tally.reason = reason("USR-DENIED", "approval", "denied by " + record.login + ": " + record.reason, "ask why");
    return tally;
}

/// Enough people, in time, and the one among them who has to be.
void sum_up(Tally& tally, const ApprovalRule& rule, bool confirmed, bool late)
{
    const std::string person = rule.person.empty() ? "" : ", among them that of " + rule.person;
    const std::string found =
        std::to_string(tally.approvals.size()) + (confirmed ? "" : ", not that of " + rule.person);
    const bool granted = enough(rule, tally);
    if (late) {
        tally.outcome = Tally::Outcome::expired;
        tally.reason = reason("USR-TIMEOUT", std::to_string(rule.quorum) + " approvals in time" + person, found,
                              "retry the job when an approver is there");
    } else if (granted && confirmed) {
        tally.outcome = Tally::Outcome::granted;
    } else if (granted) {
        tally.notes.push_back("waiting for " + rule.person + ", who started the job and has to confirm");
    }
}

} // namespace

Tally tally_approvals(const ApprovalRule& rule, const JobFacts& facts, std::string_view digest, Now now)
{
    Tally tally;
    const ApprovalRequest& request = facts.approval->request;
    if (!is_ours(request, facts, digest)) {
        tally.outcome = Tally::Outcome::denied;
        tally.reason = reason("USR-CHANGED", "the job that approval was asked for", "another digest, job or project",
                              "retry the job: approval is asked for anew");
        return tally;
    }
    bool confirmed = rule.person.empty();
    for (const ApprovalRecord& record : in_turn(*facts.approval)) {
        const bool earlier = record.nonce != request.nonce;
        if (earlier && confirmed && enough(rule, tally)) break; // no use is taken that nobody needs
        const bool confirms_it = confirms(rule, facts, digest, record, now);
        std::string why = defect(rule, facts, digest, record, now);
        if (why.empty() && !record.approves) return denied_by(std::move(tally), record);
        const ApprovalRecord* const twin = why.empty() ? found(tally, record) : nullptr;
        if (twin && twin->entity != record.entity) why = "USR-DENIED: it shares a name with one that counts";
        const bool counts = why.empty() && !twin;
        if (counts) tally.approvals.push_back(record);
        if (earlier && (counts || (confirms_it && !confirmed))) tally.earlier.push_back(record.request);
        confirmed = confirmed || confirms_it;
        if (why.empty() || confirms_it) continue;
        tally.notes.push_back("approval of " + (record.login.empty() ? record.entity : record.login) +
                              " does not count: " + why);
    }
    sum_up(tally, rule, confirmed, now > request.expires);
    return tally;
}

std::string read_approval(std::string_view text, ApprovalRecord& record)
{
    try {
        const nlohmann::json json = parse_strict(text, 4);
        for (const auto& [key, value] : json.items())
            if (key != "until" && !value.is_string()) return key + " is no text";
        const auto decision = json.at("decision").get<std::string>(), scope = json.at("scope").get<std::string>();
        if (decision != "approve" && decision != "deny") return "decision is neither approve nor deny";
        if (scope != "once" && scope != "until") return "scope is neither once nor until";
        if (json.size() != (scope == "until" ? 6u : 5u)) return "a member is missing or unknown";
        record.approves = decision == "approve";
        record.digest = json.at("digest").get<std::string>();
        record.nonce = json.at("nonce").get<std::string>();
        record.reason = json.at("reason").get<std::string>();
        record.until.reset();
        if (scope == "once") return {};
        if (!json.at("until").is_number_integer()) return "until is no time in seconds since 1970";
        const auto until = json["until"].get<std::int64_t>();
        if (until < 0 || until > 4102444800) return "until is no time of this century";
        record.until = Now(std::chrono::seconds(until));
        return {};
    } catch (const nlohmann::json::exception&) {
        return "a member is missing, or it is no object";
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

std::string write_approval(const ApprovalRecord& record)
{
    nlohmann::json json{{"digest", record.digest},
                        {"nonce", record.nonce},
                        {"decision", record.approves ? "approve" : "deny"},
                        {"scope", record.until ? "until" : "once"},
                        {"reason", record.reason}};
    if (record.until) json["until"] = record.until->time_since_epoch().count();
    return canonical(json);
}

} // namespace ysnp::checks
