#pragma once
#include "test/integration/world.h"
#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

namespace ysnp::test {

class LiveServer;
class TokenIssuer;

/// A real Vault as a site sets it up: the engine `cicd`, KV v2 or v1, an AppRole for the runner with what `gate
/// policies` says, for approvals, people who log in with name and password. Skips the test, loudly, where there is no
/// server
/// ($YSNP_VAULTD).
class VaultSite {
public:
    explicit VaultSite(int kv = 2);
    ~VaultSite();
    VaultSite(const VaultSite&) = delete;
    VaultSite& operator=(const VaultSite&) = delete;

    const std::string& url() const;
    int kv() const noexcept { return kv_; }
    /// What `gate policies` prints for one kind of person or machine (ysnp-approver, …); `more` are further arguments.
    std::string printed_acl(const std::string& name, const std::vector<std::string>& more = {}) const;
    std::string root_token() const;
    /// Options of a world whose runner enforces what lies here. `more` are lines of `gate.vault`, indented by four,
    /// then of `gate`, indented by two.
    WorldOptions world(const std::string& more = "", WorldOptions options = {});
    /// A document below the mount; each call is one more version.
    void put(const std::string& path, const std::string& json);
    /// What the document's newest version says, as JSON text.
    std::string get(const std::string& path);
    /// The same; `otherwise` where there is none.
    std::string get_or(const std::string& path, const std::string& otherwise);
    /// What an administrator would do; gives the reply's body. Throws where Vault refuses for long.
    std::string administer(const std::string& method, const std::string& path, const std::string& body = "");
    /// Vault believes ID tokens that this key signs; the lines of `gate.vault` by which the runner has them verified.
    std::string believe(const TokenIssuer& issuer, const std::string& audience);
    /// The same as a POST, answered by a response-wrapping token.
    std::string wrapped(const std::string& path);
    /// A person with these ACL policies (HCL); gives a token of theirs.
    std::string person(const std::string& name, const std::string& acl = "");
    /// A second way to log in for that person's entity; gives a token of it.
    std::string second_login(const std::string& name, const std::string& entity);

private:
    void make_engine();
    void make_role();

    int kv_;
    boost::asio::io_context io_;
    TempDir folder_;
    std::unique_ptr<LiveServer> server_;
};

} // namespace ysnp::test
