#pragma once
#include "net/deadline.h"
#include "runner/audit/anchor.h"
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

namespace ysnp::policy {

/// Where a store keeps the head of an audit chain, one for each system id.
class AnchorPlace {
public:
    virtual ~AnchorPlace() = default;
    /// nullopt: none was written yet. Throws StoreFault; Failure::invalid for a document that is no anchor.
    virtual boost::asio::awaitable<std::optional<audit::Anchor>> read(std::string system_id, Deadline until) = 0;
    /// Replaces an older head of the same system id, never a newer one: that throws StoreFault (Failure::conflict), as
    /// does somebody's write in between. Writing what stands there already is fine.
    virtual boost::asio::awaitable<void> write(audit::Anchor anchor, Deadline until) = 0;
};

} // namespace ysnp::policy
