#include "runner/policy/scratch_code.h"
#include "checks/digest.h"
#include "checks/jcs.h"
#include "net/failure.h"
#include "runner/policy/store.h"
#include "vault/time.h"
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ysnp::policy {
namespace {

using nlohmann::json;

constexpr std::string_view prefix = "scratch/";
constexpr std::string_view nobody = "shared";
constexpr std::string_view marks = "~runner"; // no user's folder: names begin with a letter or digit
constexpr std::size_t name_length = 22;       // of 128 bits in base64url
constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

bool consists_of(std::string_view text, std::string_view further)
{
    const std::string allowed = std::string(letters) + std::string(further);
    return text.find_first_not_of(allowed) == std::string_view::npos;
}

bool is_login(std::string_view text)
{
    return !text.empty() && text.size() <= 255 && consists_of(text, "._-") && consists_of(text.substr(0, 1), "_") &&
           text != nobody;
}

bool is_email(std::string_view text)
{
    const auto at = text.find('@');
    if (at == 0 || at == std::string_view::npos || text.size() > 254) return false;
    const std::string_view local = text.substr(0, at), host = text.substr(at + 1);
    return consists_of(local, "._+-") && consists_of(local.substr(0, 1), "") && !host.empty() &&
           consists_of(host, ".-") && consists_of(host.substr(0, 1), "");
}

std::string_view name_in(std::string_view request_id) { return request_id.substr(request_id.rfind('/') + 1); }

std::string mark_name(std::string_view name)
{
    return checks::base64url(checks::sha256("mark of " + std::string(name))).substr(0, name_length);
}

} // namespace

bool ScratchPlace::is_one(std::string_view request_id) { return request_id.starts_with(prefix); }

ScratchPlace::ScratchPlace(const checks::ApprovalRequest& request)
    : code_(request.project + "/" + request.id),
      mark_(request.project + "/" + std::string(prefix) + std::string(marks) + "/" + mark_name(name_in(request.id))),
      folder_(code_.substr(0, code_.rfind('/')))
{
}

bool ScratchPlace::shared() const { return folder_.ends_with("/" + std::string(nobody)); }

std::string scratch_user(const checks::Decision& decision)
{
    if (!decision.requester_verified) return std::string(nobody);
    if (is_email(decision.requester_email)) return decision.requester_email;
    return is_login(decision.requested_by) ? decision.requested_by : std::string(nobody);
}

std::string scratch_id(const checks::ApprovalRequest& request, const checks::Decision& decision)
{
    if (request.nonce.size() != name_length || !consists_of(request.nonce, "-_"))
        throw StoreFault(make_error_code(Error::invalid_value), request.project + "/scratch", "another nonce",
                         "22 characters of base64url", "retry the job");
    return std::string(prefix) + scratch_user(decision) + "/" + request.nonce;
}

std::string scratch_text(const checks::ApprovalRequest& request, const checks::Decision& decision)
{
    return json{{"CI/CD pipeline id", std::to_string(decision.pipeline_id)},
                {"job", request.job},
                {"job id", std::to_string(request.job_id)},
                {"digest", request.digest}}
        .dump();
}

bool is_scratch_text(std::string_view text, const checks::ApprovalRequest& request)
{
    try {
        const json all = checks::parse_strict(text, 2);
        return all.is_object() && all.size() == 4 && all.contains("CI/CD pipeline id") &&
               all.value("job", json()) == request.job &&
               all.value("job id", json()) == std::to_string(request.job_id) &&
               all.value("digest", json()) == request.digest;
    } catch (const std::invalid_argument&) {
        return false;
    }
}

std::string mark_text(const checks::ApprovalRequest& request)
{
    return json{{"ysnprunner", "marks that this engine is still the one of job " + std::to_string(request.job_id)},
                {"digest", request.digest}}
        .dump();
}

bool was_removed(const vault::Document& before, const vault::Document& now, const checks::ApprovalRequest& request)
{
    if (now.text) return false;
    if (before.version == 0) return now.version == 0 && !now.deleted;
    const bool same = now.deleted && now.version == before.version && now.created == before.created;
    const auto created = vault::parse_time(now.created), deleted = vault::parse_time(now.deletion);
    return same && created && deleted && now.deletion != before.deletion && *created <= *deleted &&
           *deleted <= request.expires;
}

} // namespace ysnp::policy
