#pragma once
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// One project for each pattern of `gate.projects`, its wildcards filled in; a made-up one where there are none.
std::vector<std::string> sample_projects(const std::vector<std::string>& patterns);

/// A path of Vault's API, and what it would mean to write there.
struct Forbidden {
    std::string path;
    std::string what; ///< "policy documents", "approvals"
};
/// What no runner may write: policy documents and approvals of the projects, Vault's own policies, roles and entities.
boost::asio::awaitable<std::vector<Forbidden>> forbidden_to_write(vault::Client& client,
                                                                  std::vector<std::string> projects, Deadline until);

/// Rights that change something: create, update, patch, delete, sudo, root.
bool changes_something(const std::vector<std::string>& rights);

/// Throws StoreFault (VLT-CAPS) for a token that may write one of them, or everything: asked for made-up projects of
/// the patterns (`gate.projects`), and for the first 20 that exist, where the token may list them. Faults of Vault as
/// StoreFault.
boost::asio::awaitable<void> refuse_too_many_rights(vault::Client& client, std::string who,
                                                    std::vector<std::string> patterns, Deadline until);

} // namespace ysnp::policy
