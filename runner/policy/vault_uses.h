#pragma once
#include "checks/facts.h"
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <set>
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

/// Takes one use of each of the earlier requests `ids` for the job of `request`, or none of any: false where one of
/// them has served `most`. What was taken before that showed, before an error or a cancellation, is given back, so that
/// only a crash, or a Vault that does not answer then either, costs a use; nothing ever gives one.
boost::asio::awaitable<bool> take_uses(vault::Client& client, const std::set<std::string>& ids,
                                       const checks::ApprovalRequest& request, std::int64_t most, Deadline until);

/// Writes a document where none stands; false where one does.
boost::asio::awaitable<bool> write_new(vault::Client& client, std::string path, std::string text, Deadline until);

} // namespace ysnp::policy
