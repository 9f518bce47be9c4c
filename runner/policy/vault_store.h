#pragma once
#include "conf/gate.h"
#include "net/task_group.h"
#include "runner/policy/store.h"
#include "vault/options.h"
#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace ysnp::vault {
class Client;
class WrappedSecretId;
struct Document;
} // namespace ysnp::vault

namespace ysnp::policy {

class SeenVersions;

/// What the stores of one service share; a command by itself has neither.
struct Shared {
    std::shared_ptr<vault::WrappedSecretId> wrapped; ///< where the secret id comes wrapped
    std::shared_ptr<SeenVersions> seen;              ///< where older versions of documents are to show
};

/// Options of the client for what the local configuration says. Credentials are read from their files at each login; a
/// wrapped secret id that is not shared cannot be used.
vault::Options vault_options(const conf::Vault& settings, std::function<void(std::string_view)> warn,
                             std::shared_ptr<vault::WrappedSecretId> wrapped = nullptr);

/// Names address, namespace and mount: where versions of documents are remembered for.
std::string place_of(const vault::Options& options);

/// All documents of a decision about the project in one wave of requests, under whatever login `client` has. Throws
/// StoreFault.
boost::asio::awaitable<checks::Documents> read_project(vault::Client& client, std::string mount, ProjectPath project,
                                                       Deadline until);

/// Policy in Vault or OpenBao: `<mount>/<namespace>/whitelist`, `<mount>/<namespace>/<project>/whitelist`,
/// `youshallnotpass_config` and `ysnp_policy` beside them, KV v1 or v2. One wave of parallel requests for a decision
/// after login, two the first time. Refuses to read with a root token. Everything unexpected throws StoreFault.
class VaultStore final : public Store {
public:
    using Warn = std::function<void(std::string_view)>;
    VaultStore(boost::asio::any_io_executor executor, const conf::Vault& settings, Warn warn,
               const Shared& shared = {});
    /// With options of the caller's own.
    VaultStore(boost::asio::any_io_executor executor, vault::Options options, conf::IdToken id_token,
               std::shared_ptr<SeenVersions> seen = nullptr);
    ~VaultStore() override;

    boost::asio::awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) override;
    std::string name() const override;
    /// `job_id_token`: a store that logs in with the job's own token, reads only, and gives its login back each time.
    /// Else, where ID tokens are evidence: this one, which has the job's token verified beside each read.
    std::unique_ptr<Store> for_job(const gitlab::Job& job) override;
    boost::asio::awaitable<void> inspect(std::vector<std::string> projects, Deadline until) override;
    Approvals* approvals() override;
    AnchorPlace* anchors() override;
    boost::asio::awaitable<std::string> withdrawn(Deadline until) override;
    /// From now on people are asked by scratch codes of v1 where v1's checks alone ask; `address` is where they reach
    /// Vault.
    void accept_scratch_codes(std::string address);
    /// Logs in and keeps the login alive until stop().
    void start() override;
    /// Ends that and revokes the token. Must be awaited before the store goes, where start() was called.
    boost::asio::awaitable<void> stop(Deadline until) override;

private:
    boost::asio::awaitable<void> inspect_once(Deadline until);

    boost::asio::any_io_executor executor_;
    vault::Options options_;
    conf::IdToken id_token_;
    std::unique_ptr<vault::Client> client_;
    std::unique_ptr<Approvals> approvals_;
    std::unique_ptr<Approvals> scratch_codes_; // before approvals_, where they are accepted
    std::unique_ptr<AnchorPlace> anchors_;
    std::shared_ptr<SeenVersions> seen_;
    std::optional<std::vector<std::string>> uninspected_; // projects, where inspect() has not been able to tell
    TaskGroup tasks_;
};

} // namespace ysnp::policy
