#pragma once
#include "vault/client.h"

namespace ysnp::vault {

/// Runs all of them at the same time and gives their results in order. The first that fails ends the others and is
/// rethrown; cancelling ends them all. Nothing is left running either way.
template <class Result> // Document or std::string
boost::asio::awaitable<std::vector<Result>> wave(boost::asio::any_io_executor executor,
                                                 std::vector<boost::asio::awaitable<Result>> tasks);

} // namespace ysnp::vault
