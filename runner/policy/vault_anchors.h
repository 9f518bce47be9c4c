#pragma once
#include "runner/policy/anchor_place.h"

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// `ysnprunner/audit/<system id>` below the mount.
std::string anchor_path(const std::string& system_id);

/// Anchors in Vault, written with check-and-set on KV v2. The client must outlive it.
class VaultAnchors final : public AnchorPlace {
public:
    explicit VaultAnchors(vault::Client& client) : client_(client) {}
    boost::asio::awaitable<std::optional<audit::Anchor>> read(std::string system_id, Deadline until) override;
    boost::asio::awaitable<void> write(audit::Anchor anchor, Deadline until) override;

private:
    vault::Client& client_;
};

} // namespace ysnp::policy
