#pragma once
#include "net/deadline.h"
#include "runner/policy/finding.h"
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

/// What a live Vault says about the rights of one login each: nothing is written, nothing is read but rights. Faults of
/// Vault become findings. The client must outlive the call.
namespace ysnp::policy {

/// Whose rights are asked for, on which projects.
struct Examined {
    std::vector<std::string> projects; ///< at least one
    std::vector<std::string> foreign;  ///< that they have nothing to do with; at least one
};

/// Whether Vault answers, is unsealed and active.
boost::asio::awaitable<Findings> examine_vault(vault::Client& client, Deadline until);
/// Reads policy, asks for approvals, anchors its audit chain; writes no policy, approves nothing, is not root.
boost::asio::awaitable<Findings> examine_runner(vault::Client& client, Examined on, bool serves_all, Deadline until);
/// Answers under the own name and no other; writes no policy.
boost::asio::awaitable<Findings> examine_approver(vault::Client& client, Examined on, Deadline until);
/// Sees nothing of other projects; writes no policy, approves nothing.
boost::asio::awaitable<Findings> examine_developer(vault::Client& client, Examined on, Deadline until);
/// Writes policy; approves nothing.
boost::asio::awaitable<Findings> examine_author(vault::Client& client, Examined on, Deadline until);

} // namespace ysnp::policy
