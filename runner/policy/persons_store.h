#pragma once
#include "runner/policy/store.h"
#include <string>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// Policy in Vault as a person reads it, with the person's own login, of whatever rights. Judges nothing that will run.
/// `client` must outlive it.
class PersonsStore final : public Store {
public:
    PersonsStore(vault::Client& client, std::string mount);
    boost::asio::awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) override;
    std::string name() const override;

private:
    vault::Client& client_;
    std::string mount_;
};

} // namespace ysnp::policy
