#pragma once
#include "checks/facts.h"
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <string>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

/// How many later jobs the approvals of a request have served: one document each, `<project>/approvals/<id>/used/<n>`,
/// written by check-and-set before the job starts, so that all hosts count together. All throw vault::Fault. References
/// must outlive the call.
namespace ysnp::policy {

boost::asio::awaitable<std::int64_t> uses_of(vault::Client& client, const checks::ApprovalRequest& request,
                                             Deadline until);

/// Takes a use of the earlier request `id` for the job of `request`; false where `most` are taken.
boost::asio::awaitable<bool> take_use(vault::Client& client, const std::string& id,
                                      const checks::ApprovalRequest& request, std::int64_t most, Deadline until);

/// Writes a document where none stands; false where one does.
boost::asio::awaitable<bool> write_new(vault::Client& client, std::string path, std::string text, Deadline until);

} // namespace ysnp::policy
