#include "runner/policy/entity_memory.h"

namespace ysnp::policy {

boost::asio::awaitable<std::optional<vault::Entity>> EntityMemory::find(vault::Client& client, std::string id,
                                                                        std::chrono::seconds age, Deadline until)
{
    const Deadline now = std::chrono::steady_clock::now();
    std::erase_if(known_, [&](const auto& one) { return one.second.read + lately < now; });
    const auto found = known_.find(id);
    if (found != known_.end() && now < found->second.read + age) co_return found->second.entity;
    std::optional<vault::Entity> entity = co_await client.entity(id, until);
    known_.insert_or_assign(std::move(id), Known{entity, now});
    co_return entity;
}

} // namespace ysnp::policy
