#include "runner/cli/request_view.h"
#include "conf/units.h"
#include <nlohmann/json.hpp>

namespace ysnp::cli {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const checks::ApprovalRecord& record)
{
    ordered_json json{{"entity", record.entity},
                      {"decision", record.approves ? "approve" : "deny"},
                      {"scope", record.until ? "until" : "once"},
                      {"reason", record.reason}};
    if (record.until) json["until"] = conf::to_string(*record.until);
    return json;
}

} // namespace

std::string requester_of(const checks::ApprovalRequest& request)
{
    return request.requested_by + (request.verified ? " (verified)" : " (as GitLab claims)");
}

std::string asked_before(const checks::ApprovalRequest& request)
{
    if (request.denied + request.unanswered == 0) return {};
    return std::to_string(request.denied) + " denied, " + std::to_string(request.unanswered) + " unanswered";
}

ordered_json json_of(const policy::FoundRequest& found)
{
    const checks::ApprovalRequest& request = found.request;
    ordered_json json{{"id", found.id}, {"project", found.project}};
    if (!found.problem.empty()) {
        json["problem"] = found.problem;
        return json;
    }
    json.update({{"job", request.job},
                 {"job_id", request.job_id},
                 {"ref", request.ref},
                 {"sha", request.sha},
                 {"requested_by", request.requested_by},
                 {"verified", request.verified},
                 {"created", conf::to_string(request.created)},
                 {"expires", conf::to_string(request.expires)},
                 {"digest", request.digest},
                 {"nonce", request.nonce},
                 {"quorum", request.quorum},
                 {"groups", request.groups},
                 {"gitlab", request.gitlab},
                 {"runner", request.runner},
                 {"denied_before", request.denied},
                 {"unanswered_before", request.unanswered}});
    json["answers"] = nullptr;
    if (!found.records) return json;
    json["answers"] = ordered_json::array();
    for (const checks::ApprovalRecord& record : *found.records) json["answers"].push_back(json_of(record));
    return json;
}

} // namespace ysnp::cli
