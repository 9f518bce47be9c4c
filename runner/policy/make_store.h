#pragma once
#include "conf/gate.h"
#include "runner/policy/vault_store.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <string_view>

namespace ysnp::policy {

/// The store that the local configuration names, with the runner's own login. `warn` hears of what is degraded.
std::unique_ptr<Store> make_store(boost::asio::any_io_executor executor, boost::asio::thread_pool& pool,
                                  const conf::Gate& gate, std::function<void(std::string_view)> warn,
                                  const Shared& shared = {});

} // namespace ysnp::policy
