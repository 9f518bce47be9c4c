#pragma once
#include "test/double/fake_vault.h"
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <thread>

namespace ysnp::bench {

/// A scripted Vault on a thread of its own, so that its work can be told from that of its clients.
class VaultThread {
public:
    VaultThread();
    ~VaultThread();

    std::string url() const { return vault_->url(); }
    /// Calls on the Vault's own thread and waits for that.
    void with(const std::function<void(test::FakeVault&)>& call);
    /// Processor time of that thread.
    double cpu_seconds();

private:
    boost::asio::io_context io_{1};
    std::unique_ptr<test::FakeVault> vault_; // before the thread, which serves it, and gone on it
    std::thread thread_;
};

} // namespace ysnp::bench
