#include "runner/policy/persons_store.h"
#include "runner/policy/vault_store.h"

namespace ysnp::policy {

PersonsStore::PersonsStore(vault::Client& client, std::string mount) : client_(client), mount_(std::move(mount)) {}

boost::asio::awaitable<checks::Documents> PersonsStore::read(const ProjectPath& project, Deadline until)
{
    co_return co_await read_project(client_, mount_, project, until);
}

std::string PersonsStore::name() const { return "Vault, mount " + mount_; }

} // namespace ysnp::policy
