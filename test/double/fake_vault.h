#pragma once
#include "test/double/fault.h"
#include "test/double/http_server.h"
#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace ysnp::test {

struct FakeVaultOptions {
    ServerOptions server;
    std::string mount = "cicd"; // of the KV engine
    int kv_version = 2;
    std::string vault_namespace; // demanded where set
    std::string role_id = "role-id-of-runner", secret_id = "secret-id-of-runner";
    std::string jwt = "header.payload.signature", jwt_role = "runner";
    std::string user = "alice", password = "correct horse";
    std::string cert_role = "runner";
    std::chrono::seconds lease{3600};
    bool renewable = true;
    std::vector<std::string> policies{"ysnp-runner"};
};

/// Vault as its clients see it: logins, tokens, one KV engine. Its answers have the form of the real one's.
class FakeVault {
public:
    FakeVault(boost::asio::any_io_executor executor, FakeVaultOptions options = {});
    ~FakeVault();

    std::string url() const;
    HttpServer& server() noexcept; // its recorded requests

    /// A document, below the mount; each call is one more version.
    void put(const std::string& path, const std::string& text);
    /// What identity/<path> answers, such as entity/id/<id>: the `data` of a reply, JSON text.
    void put_identity(const std::string& path, const std::string& data);
    /// The newest version is deleted, or destroyed (KV v2).
    void soft_delete(const std::string& path);
    void destroy(const std::string& path);
    /// Documents whose path matches (`*` is any text) are gone with all their versions.
    void forget(const std::string& pattern);
    /// No token may read it any more.
    void deny(const std::string& path);
    /// What capabilities-self says about a path of the API; read otherwise, or deny.
    void grant(const std::string& api_path, std::vector<std::string> rights);
    /// A response-wrapping token around a secret id, as `vault write -wrap-ttl` on `creation_path` makes it. Good once.
    std::string wrap(const std::string& secret_id, const std::string& creation_path);
    void set_sealed(bool sealed);
    void set_kv_version(int version);

    /// A token that did not come from a login.
    std::string give_token(std::chrono::seconds lease, std::vector<std::string> policies = {"ysnp-runner"});
    /// Forgets every token: they have expired, or somebody revoked them.
    void revoke_all();
    unsigned logins() const noexcept;
    unsigned renewals() const noexcept;
    std::size_t tokens() const noexcept; // that are good

    /// Holds the answers to paths that match (`*` is any text) back until so many of them wait at the same time.
    void hold(const std::string& pattern, std::size_t until_so_many);
    void add_fault(Fault fault);
    void clear_faults();
    void stop();

private:
    struct Impl;
    std::shared_ptr<Impl> impl_; // shared with requests that are being served
    std::unique_ptr<HttpServer> server_;
};

} // namespace ysnp::test
