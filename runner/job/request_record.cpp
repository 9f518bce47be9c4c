#include "runner/job/request_record.h"
#include <nlohmann/json.hpp>

namespace ysnp::job {
namespace {

using nlohmann::ordered_json;

std::string text_of(const ordered_json& body)
{
    return body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::int64_t seconds(checks::Now time) { return time.time_since_epoch().count(); }

} // namespace

std::string request_record(const checks::ApprovalRequest& request, const std::string& policy_revision)
{
    ordered_json body{{"request", request.id},
                      {"job", request.job},
                      {"ref", request.ref},
                      {"sha", request.sha},
                      {"digest", request.digest},
                      {"nonce", request.nonce},
                      {"requested_by", request.requested_by},
                      {"verified", request.verified},
                      {"quorum", request.quorum},
                      {"groups", request.groups},
                      {"denied_before", request.denied},
                      {"unanswered_before", request.unanswered},
                      {"expires", seconds(request.expires)},
                      {"policy_revision", policy_revision}};
    if (request.document.size() <= longest_document)
        body["document"] = request.document;
    else
        body["document_bytes"] = request.document.size();
    return text_of(body);
}

std::string answer_record(const checks::ApprovalRequest& request, const checks::ApprovalRecord& record,
                          const std::string& policy_revision)
{
    ordered_json body{{"request", request.id},   {"digest", record.digest},
                      {"nonce", record.nonce},   {"entity", record.entity},
                      {"login", record.login},   {"decision", record.approves ? "approve" : "deny"},
                      {"reason", record.reason}, {"policy_revision", policy_revision}};
    if (record.until) body["until"] = seconds(*record.until);
    return text_of(body);
}

std::string stop_record(const checks::Decision& decision, const std::string& why)
{
    return text_of({{"why", why}, {"digest", decision.digest}, {"policy_revision", decision.policy_revision}});
}

std::string start_record(const std::string& request_id, const checks::Decision& decision)
{
    ordered_json body{{"request", request_id},
                      {"digest", decision.digest},
                      {"policy_revision", decision.policy_revision},
                      {"requested_by", decision.requested_by},
                      {"verified", decision.requester_verified},
                      {"approved_by", ordered_json::array()}};
    for (const checks::ApprovalRecord& record : decision.approved_by)
        body["approved_by"].push_back({{"entity", record.entity}, {"login", record.login}, {"reason", record.reason}});
    return text_of(body);
}

} // namespace ysnp::job
