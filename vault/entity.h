#pragma once
#include "vault/client.h"
#include "vault/reply.h"

namespace ysnp::vault {

/// Whether `id` may be an id of Vault's identity engine: letters, digits and dashes, at most 64.
bool is_identity_id(std::string_view id) noexcept;

/// An entity as its reply gives it: its groups are ids still.
struct EntityReply {
    Entity entity;
    std::vector<std::string> group_ids; ///< direct and inherited
};

/// GET identity/entity/id/<id>; nothing where Vault says that there is none. Throws Fault for what is not exactly an
/// answer about `id`, and for more than 64 aliases or groups.
std::optional<EntityReply> decode_entity(const Question& question, const std::string& id,
                                         const net::Response& response);
/// GET identity/group/id/<id>: its name.
std::string decode_group(const Question& question, const std::string& id, const net::Response& response);

} // namespace ysnp::vault
