#pragma once
#include "test/double/process.h"
#include "test/unit/vault/fixture.h"
#include <memory>
#include <string>

namespace ysnp::test {

/// A real Vault or OpenBao for one test: the server that $YSNP_VAULTD names (test/vault/vaultd.sh prints one), in
/// memory, unsealed, on a port of its own. Ends with the object.
class LiveServer {
public:
    /// The server's path; empty: there is none, and the test is to be skipped.
    static std::string program();
    static asio::awaitable<std::unique_ptr<LiveServer>> start(asio::any_io_executor executor);

    const std::string& url() const noexcept { return url_; }
    vault::ReadSecret root_token() const { return gives(root_token_); }
    /// What an administrator would do; answers the reply's body. Repeats while an engine is still being set up.
    asio::awaitable<std::string> administer(std::string method, std::string path, std::string body = {},
                                            std::string wrap_ttl = {});
    /// The same, answering a response-wrapping token for one minute.
    asio::awaitable<std::string> wrapped(std::string path, std::string body);
    /// A client that logs in with the root token.
    std::unique_ptr<vault::Client> root(const std::string& mount) const;
    vault::Options options(const std::string& mount) const;

private:
    LiveServer(asio::any_io_executor executor, const std::vector<std::string>& arguments);

    asio::any_io_executor executor_;
    Process process_;
    std::string url_, root_token_;
    std::unique_ptr<net::Client> http_;
};

/// A JSON web token signed with RS256 by a key made here, and that key's public half.
class TokenIssuer {
public:
    TokenIssuer();
    ~TokenIssuer();
    const std::string& public_key() const noexcept { return public_key_; } // PEM
    std::string key_set() const;                                           // JWKS, as issuers publish it
    std::string issue(const std::string& claims) const;                    // JSON object

private:
    struct Key;
    std::unique_ptr<Key> key_;
    std::string public_key_;
};

} // namespace ysnp::test
