#include "runner/policy/vault_approvals.h"
#include "checks/approval_request.h"
#include "net/failure.h"
#include "runner/policy/grant.h"
#include "runner/policy/vault_fault.h"
#include "runner/policy/vault_records.h"
#include "runner/policy/vault_uses.h"
#include "vault/client.h"
#include <set>

namespace ysnp::policy {
namespace {

using boost::asio::awaitable;
using checks::ApprovalEvidence;
using checks::ApprovalRequest;

std::string request_path(const ApprovalRequest& request)
{
    return request_folder(request.project, request.id) + "/request";
}

/// The request as it stands: exactly the one that was asked, or none.
ApprovalRequest standing(const vault::Document& document, const ApprovalRequest& asked)
{
    ApprovalRequest found;
    found.id = asked.id;
    if (!document.text || !checks::read_request(*document.text, found).empty()) return {};
    return checks::write_request(found) == checks::write_request(asked) ? found : ApprovalRequest();
}

} // namespace

std::string approvals_folder(const std::string& project) { return project + "/approvals"; }

std::string request_folder(const std::string& project, const std::string& id)
{
    return approvals_folder(project) + "/" + id;
}

VaultApprovals::VaultApprovals(vault::Client& client, std::string mount, std::string vault_namespace)
    : client_(client), mount_(std::move(mount)), vault_namespace_(std::move(vault_namespace))
{
}

awaitable<ApprovalRequest> VaultApprovals::ask(ApprovalRequest request, const checks::Decision&, Deadline until)
{
    request.id = checks::request_id(request.job_id, request.digest);
    const std::string path = request_path(request);
    try {
        const bool fresh = co_await write_new(client_, path, checks::write_request(request), until);
        const vault::Document document = co_await client_.read(path, until);
        const ApprovalRequest there = standing(document, request);
        if (there.nonce.empty())
            throw StoreFault(http_status_code(409), mount_ + "/" + path,
                             fresh ? "another text than was written" : "another request in its place",
                             "the request of this job",
                             "find out who writes below approvals/, remove that document, then retry the job");
        co_return request;
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

awaitable<ApprovalEvidence> VaultApprovals::look(ApprovalRequest request, Scope scope, Deadline until)
{
    ApprovalEvidence evidence;
    try {
        const vault::Document document = co_await client_.read(request_path(request), until);
        evidence.request = standing(document, request);
        if (evidence.request.nonce.empty()) co_return evidence;
        evidence.records = co_await answers_to(client_, mount_, request, until);
        if (scope == Scope::everything) {
            std::vector<checks::ApprovalRecord> earlier = co_await earlier_approvals(client_, mount_, request, until);
            for (checks::ApprovalRecord& record : earlier) evidence.records.push_back(std::move(record));
        }
        const auto age = scope == Scope::everything ? std::chrono::seconds(0) : EntityMemory::lately;
        co_await name_writers(client_, people_, age, evidence.records, until);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
    co_return evidence;
}

awaitable<bool> VaultApprovals::use(ApprovalRequest request, const checks::Decision& decision, Deadline until)
{
    const std::set<std::string> earlier(decision.earlier_requests.begin(), decision.earlier_requests.end());
    try {
        co_return co_await take_uses(client_, earlier, request, decision.approval.max_uses, until);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

awaitable<void> VaultApprovals::granted(ApprovalRequest request, const checks::Decision& decision, Deadline until)
{
    Grant grant{std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()), {}};
    for (const checks::ApprovalRecord& record : decision.approved_by)
        grant.by.push_back(record.login.empty() ? record.entity : record.login);
    const std::string path = grant_path(request.project, request.id);
    try {
        co_await write_new(client_, path, write_grant(request, grant), until);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

awaitable<void> VaultApprovals::withdraw(ApprovalRequest request, Deadline until)
{
    try {
        co_await client_.remove(request_path(request), until);
    } catch (const vault::Fault& fault) {
        throw fault_of(fault);
    }
}

std::vector<std::string> VaultApprovals::instructions(const ApprovalRequest& request) const
{
    const std::string which = request.id + " --project " + request.project + " --mount " + mount_ +
                              (vault_namespace_.empty() ? "" : " --vault-namespace " + vault_namespace_);
    return {"look at it:  ysnprunner gate show " + which,
            "approve:     ysnprunner gate approve " + which + " --reason TEXT",
            "deny:        ysnprunner gate deny " + which + " --reason TEXT"};
}

} // namespace ysnp::policy
