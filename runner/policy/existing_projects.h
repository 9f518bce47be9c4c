#pragma once
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

namespace ysnp::vault {
class Client;
} // namespace ysnp::vault

namespace ysnp::policy {

/// Projects whose policy lies in the engine, group by group: folders with policy documents, at most 200 of them, in at
/// most 300 folders, and none that this login may not list. Throws vault::Fault; Failure::denied where it may not list
/// the engine.
boost::asio::awaitable<std::vector<std::string>> existing_projects(vault::Client& client, Deadline until);

/// The first 20 of those that the patterns (`gate.projects`; none: all) name, or do not name.
enum class Named { yes, no };
std::vector<std::string> first_of(const std::vector<std::string>& projects, const std::vector<std::string>& patterns,
                                  Named named);

} // namespace ysnp::policy
