#pragma once
#include "gitlab-api/payload.h"
#include "runner/policy/gate.h"
#include "runner/policy/seen_versions.h"
#include "runner/policy/vault_store.h"
#include "test/bench/vault_thread.h"
#include "test/double/run.h"
#include <boost/asio/thread_pool.hpp>

namespace ysnp::bench {

/// The gate of a service, on a scripted Vault over loopback.
class GateWorld {
public:
    GateWorld();

    /// A job whose script has so many bytes, as the payload's decoder makes it.
    static gitlab::Job job(std::size_t script_bytes);
    /// Puts a policy there that lists this job's digest as the last of so many.
    void allow(const gitlab::Job& job, int entries);

    struct Cost {
        double cpu_ms = 0, ms = 0; ///< processor time without Vault's own
        std::size_t requests = 0;
    };
    /// One decision, which must be a pass.
    Cost decide(const gitlab::Job& job);
    /// How many round trips a decision waits for one after the other: each is made slow, and the time is counted.
    double waves(const gitlab::Job& job);

private:
    VaultThread vault_;
    test::TempDir folder_;
    boost::asio::io_context io_{1};
    boost::asio::thread_pool pool_{2};
    policy::VaultStore store_;
};

} // namespace ysnp::bench
