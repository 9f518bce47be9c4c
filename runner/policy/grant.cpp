#include "runner/policy/grant.h"
#include "conf/units.h"
#include <nlohmann/json.hpp>

namespace ysnp::policy {

std::string grant_path(const std::string& project, const std::string& id)
{
    return project + "/approvals/" + id + "/used/0";
}

std::string write_grant(const checks::ApprovalRequest& request, const Grant& grant)
{
    return nlohmann::json{
        {"job_id", request.job_id}, {"nonce", request.nonce}, {"time", conf::to_string(grant.time)}, {"by", grant.by}}
        .dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

std::optional<Grant> read_grant(std::string_view text, const checks::ApprovalRequest& request)
{
    try {
        const auto json = nlohmann::json::parse(text);
        const auto time = conf::parse_time(json.at("time").get<std::string>());
        if (!time || json.at("nonce") != request.nonce || json.at("job_id") != request.job_id) return std::nullopt;
        return Grant{*time, json.at("by").get<std::vector<std::string>>()};
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

} // namespace ysnp::policy
