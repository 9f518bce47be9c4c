#pragma once
#include "runner/policy/store.h"
#include "runner/policy/vault_approvals.h"
#include <string>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// Policy in Vault as a person reads it, with the person's own login, of whatever rights. Judges nothing that will run.
/// `client` must outlive it.
class PersonsStore final : public Store {
public:
    /// Whether the runner could ask people: not with `job_id_token`.
    enum class People { can_be_asked, cannot_be_asked };

    PersonsStore(vault::Client& client, std::string mount, People people = People::can_be_asked);
    boost::asio::awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) override;
    std::string name() const override;
    /// Says that a check may ask; nobody is asked through it.
    Approvals* approvals() override;

private:
    vault::Client& client_;
    std::string mount_;
    VaultApprovals approvals_;
    People people_;
};

} // namespace ysnp::policy
