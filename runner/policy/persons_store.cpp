#include "runner/policy/persons_store.h"
#include "runner/policy/vault_store.h"

namespace ysnp::policy {

PersonsStore::PersonsStore(vault::Client& client, std::string mount, People people)
    : client_(client), mount_(std::move(mount)), approvals_(client, mount_), people_(people)
{
}

boost::asio::awaitable<checks::Documents> PersonsStore::read(const ProjectPath& project, Deadline until)
{
    co_return co_await read_project(client_, mount_, project, until);
}

Approvals* PersonsStore::approvals() { return people_ == People::can_be_asked ? &approvals_ : nullptr; }

std::string PersonsStore::name() const { return "Vault, mount " + mount_; }

} // namespace ysnp::policy
