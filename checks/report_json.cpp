#include "checks/report.h"
#include <nlohmann/json.hpp>

namespace ysnp::checks {
namespace {

using nlohmann::ordered_json;

const char* word(Verdict verdict)
{
    constexpr const char* words[] = {"pass", "refuse", "ask", "undetermined"};
    return words[static_cast<int>(verdict)];
}

const char* word(Finding finding)
{
    constexpr const char* words[] = {"passed", "refused", "broken", "asks", "informs", "learned"};
    return words[static_cast<int>(finding)];
}

ordered_json reason_json(const Reason& reason)
{
    ordered_json out = {{"check", reason.check}, {"finding", word(reason.finding)}};
    if (!reason.code.empty()) out["code"] = reason.code;
    out["expected"] = reason.expected;
    out["found"] = reason.found;
    if (!reason.remedy.empty()) out["remedy"] = reason.remedy;
    if (!reason.document.empty()) out["document"] = reason.document;
    if (!reason.path.empty()) out["path"] = reason.path;
    return out;
}

ordered_json answer_json(const ApprovalRecord& record)
{
    return {{"entity", record.entity}, {"login", record.login}, {"reason", record.reason}};
}

ordered_json image_json(const ApprovedImage& image)
{
    return {{"reference", image.reference}, {"digest", image.digest}, {"checked", image.checked}};
}

} // namespace

std::string render_json(const Decision& decision)
{
    ordered_json out = {
        {"verdict", word(decision.verdict)},
        {"code", decision.code()},
        {"learning", decision.learning},
        {"project", decision.project_path},
        {"job", decision.job_name},
        {"job_id", decision.job_id},
        {"digest", decision.digest},
        {"free_variables", decision.free_variables},
        {"image", decision.image.reference.empty() ? ordered_json(nullptr) : image_json(decision.image)},
        {"services", ordered_json::array()},
        {"reasons", ordered_json::array()},
        {"notes", decision.notes},
        {"policy_revision", decision.policy_revision},
        {"configuration", decision.configuration},
        {"policy_place", decision.policy_place}};
    if (decision.requester_verified) out["requested_by"] = decision.requested_by; // else a variable's value
    for (const ApprovalRecord& record : decision.approved_by) out["approved_by"].push_back(answer_json(record));
    if (decision.denied_by) out["denied_by"] = answer_json(*decision.denied_by);
    for (const ApprovedImage& service : decision.services) out["services"].push_back(image_json(service));
    for (const Reason& reason : decision.reasons) out["reasons"].push_back(reason_json(reason));
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace ysnp::checks
