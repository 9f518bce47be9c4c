#pragma once
#include "checks/facts.h"
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <vector>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

/// What people wrote about requests, as VaultApprovals reads it. All throw vault::Fault or StoreFault. References must
/// outlive the call.
namespace ysnp::policy {

class EntityMemory;

/// The records about this very request; the writer is an entity's id still. A record that cannot be understood throws:
/// it may have been meant as a denial.
boost::asio::awaitable<std::vector<checks::ApprovalRecord>>
answers_to(vault::Client& client, const std::string& mount, const checks::ApprovalRequest& request, Deadline until);

/// Approvals of the same digest in this project until a date, from the newest 16 earlier requests that still stand.
/// What cannot be understood there is no approval.
boost::asio::awaitable<std::vector<checks::ApprovalRecord>> earlier_approvals(vault::Client& client,
                                                                              const std::string& mount,
                                                                              const checks::ApprovalRequest& request,
                                                                              Deadline until);

/// Who the writers are: names and groups, as Vault says now or said less than `age` ago. An entity that is disabled or
/// unknown is taken out of its records, so that they do not count.
boost::asio::awaitable<void> name_writers(vault::Client& client, EntityMemory& memory, std::chrono::seconds age,
                                          std::vector<checks::ApprovalRecord>& records, Deadline until);

} // namespace ysnp::policy
