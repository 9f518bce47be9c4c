#pragma once
#include "runner/policy/approvals.h"
#include "runner/policy/store.h"
#include "vault/client.h"
#include <map>

namespace ysnp::policy {

/// Approval as in YSNP v1 (`gate.v1_scratch`): the runner writes a code below `<project>/scratch/<user>/`, and whoever
/// removes it approves. Weaker than a record, as it does not say who that was, so it is asked for only where
/// youshallnotpass_config asks alone; a rule of ysnp_policy is answered by records. A code counts as removed when this
/// process has seen it and then sees Vault itself say that it is gone, while the runner's mark beside it still stands;
/// an error never counts, nor an absence that was found after a restart. A code's name is a secret of the runner and of
/// those who may list the folder: neither the job's log nor a fault says it.
class ScratchCodes final : public Approvals {
public:
    /// `client` and `records`, the native way, must outlive it. `address` is where people reach Vault.
    ScratchCodes(vault::Client& client, Approvals& records, std::string mount, std::string address);

    boost::asio::awaitable<checks::ApprovalRequest> ask(checks::ApprovalRequest request,
                                                        const checks::Decision& decision, Deadline until) override;
    boost::asio::awaitable<checks::ApprovalEvidence> look(checks::ApprovalRequest request, Scope scope,
                                                          Deadline until) override;
    boost::asio::awaitable<bool> use(checks::ApprovalRequest request, const checks::Decision& decision,
                                     Deadline until) override;
    boost::asio::awaitable<void> granted(checks::ApprovalRequest request, const checks::Decision& decision,
                                         Deadline until) override;
    boost::asio::awaitable<void> withdraw(checks::ApprovalRequest request, Deadline until) override;
    std::string public_name(const checks::ApprovalRequest& request) const override;
    bool stays(const checks::ApprovalRequest& request) const override;
    std::vector<std::string> instructions(const checks::ApprovalRequest& request) const override;

private:
    boost::asio::awaitable<void> write(checks::ApprovalRequest request, std::string text, Deadline until);
    boost::asio::awaitable<bool> mark_stands(checks::ApprovalRequest request, Deadline until);
    boost::asio::awaitable<void> clean_up(checks::ApprovalRequest request, Deadline until);
    bool sees(const checks::ApprovalRequest& request, const vault::Document& code);
    StoreFault lost(const checks::ApprovalRequest& request, const char* found) const;

    vault::Client& client_;
    Approvals& records_;
    std::string mount_, address_;
    std::map<std::string, vault::Document> seen_; // codes that this process saw, by path
};

} // namespace ysnp::policy
