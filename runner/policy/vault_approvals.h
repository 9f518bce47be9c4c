#pragma once
#include "runner/policy/approvals.h"
#include "runner/policy/entity_memory.h"
#include <string>

namespace ysnp::policy {

/// Approvals in Vault: a request at `<project>/approvals/<id>/request`, and below `…/approved/` one record a person,
/// under the id of that person's own Vault entity. The runner writes requests and nothing else (docs/approvals.md).
class VaultApprovals final : public Approvals {
public:
    /// `client` must outlive it; `mount` and `vault_namespace` are for messages, and for the commands that people run.
    VaultApprovals(vault::Client& client, std::string mount, std::string vault_namespace = {});

    boost::asio::awaitable<checks::ApprovalRequest> ask(checks::ApprovalRequest request,
                                                        const checks::Decision& decision, Deadline until) override;
    boost::asio::awaitable<checks::ApprovalEvidence> look(checks::ApprovalRequest request, Scope scope,
                                                          Deadline until) override;
    boost::asio::awaitable<bool> use(checks::ApprovalRequest request, const checks::Decision& decision,
                                     Deadline until) override;
    boost::asio::awaitable<void> granted(checks::ApprovalRequest request, const checks::Decision& decision,
                                         Deadline until) override;
    boost::asio::awaitable<void> withdraw(checks::ApprovalRequest request, Deadline until) override;
    std::vector<std::string> instructions(const checks::ApprovalRequest& request) const override;

private:
    vault::Client& client_;
    std::string mount_, vault_namespace_;
    EntityMemory people_;
};

/// Where a request lies below the mount: `<project>/approvals`, and the folder of one request in it.
std::string approvals_folder(const std::string& project);
std::string request_folder(const std::string& project, const std::string& id);

} // namespace ysnp::policy
