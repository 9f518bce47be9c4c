#include "runner/policy/request.h"
#include "checks/approval_request.h"
#include "checks/digest.h"
#include "checks/ref.h"
#include "gitlab-api/payload.h"
#include "net/failure.h"
#include <array>
#include <openssl/rand.h>

namespace ysnp::policy {
namespace {

std::string new_nonce()
{
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::system_error(make_error_code(Error::invalid_value), "no random numbers for a request's nonce");
    return checks::base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string full_ref(const gitlab::GitInfo& git)
{
    return checks::full_ref(git.ref, git.ref_type == gitlab::RefType::tag);
}

} // namespace

checks::ApprovalRequest request_for(const checks::Decision& decision, const gitlab::Job& job, const Asker& asker,
                                    std::chrono::seconds wait)
{
    checks::ApprovalRequest request;
    request.id = checks::request_id(decision.job_id, decision.digest);
    request.document = decision.document;
    request.digest = decision.digest;
    request.nonce = new_nonce();
    request.project = decision.project_path;
    request.job = decision.job_name;
    request.ref = full_ref(job.git_info);
    request.sha = job.git_info.sha;
    request.job_id = decision.job_id;
    request.requested_by = decision.requested_by;
    request.verified = decision.requester_verified;
    request.created = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    request.expires = request.created + wait;
    request.quorum = decision.approval.quorum;
    request.groups = decision.approval.groups;
    request.gitlab = asker.gitlab;
    request.runner = asker.runner;
    return request;
}

} // namespace ysnp::policy
