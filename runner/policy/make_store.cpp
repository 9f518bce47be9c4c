#include "runner/policy/make_store.h"
#include "runner/policy/file_store.h"

namespace ysnp::policy {

std::unique_ptr<Store> make_store(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
                                  const conf::Gate& gate, std::function<void(std::string_view)> warn,
                                  const Shared& shared)
{
    if (gate.store == conf::Store::file) return std::make_unique<FileStore>(gate.file_path, pool);
    auto store = std::make_unique<VaultStore>(std::move(executor), gate.vault, std::move(warn), shared);
    const std::string& address = gate.vault.external_address.empty() ? gate.vault.address : gate.vault.external_address;
    if (gate.v1_scratch) store->accept_scratch_codes(address);
    return store;
}

} // namespace ysnp::policy
