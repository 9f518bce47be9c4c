#pragma once
#include "net/deadline.h"
#include "vault/client.h"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace ysnp::policy {

/// Who Vault said that people are, for looks that come every few seconds. A decision asks anew.
class EntityMemory {
public:
    static constexpr std::chrono::seconds lately{30};

    /// The entity as Vault describes it now, or did less than `age` ago (`lately` at most). Throws vault::Fault.
    /// `client` must outlive the call.
    boost::asio::awaitable<std::optional<vault::Entity>> find(vault::Client& client, std::string id,
                                                              std::chrono::seconds age, Deadline until);

private:
    struct Known {
        std::optional<vault::Entity> entity;
        Deadline read;
    };
    std::map<std::string, Known> known_;
};

} // namespace ysnp::policy
