#pragma once
#include "test/integration/gate/site.h"
#include "test/integration/vault_site.h"
#include <boost/asio/io_context.hpp>
#include <string>

namespace ysnp::test {

/// A real Vault whose policy wants people for the job `deploy` and lists the job `free`, a runner with one place, and
/// the people.
class ApprovalDesk {
public:
    /// `rule` is the approval rule of `deploy`, `more` keys of `gate:`, each line indented by two, `kv` the engine's
    /// version.
    explicit ApprovalDesk(const std::string& rule = R"({"quorum":1})", const std::string& more = "", int kv = 2);

    VaultSite& vault() noexcept { return vault_; }
    World& world() noexcept { return world_; }
    /// The policy anew, with more keys (JSON members, each with a comma in front) in what it says of `deploy`.
    void set_policy(const std::string& rule, const std::string& more = "");

    PayloadSpec deploy() const;
    PayloadSpec free() const;
    /// Queues it and waits until its log says that it waits; gives the request's id.
    std::uint64_t queue_waiting(PayloadSpec spec);
    std::string request_of(std::uint64_t job);
    bool stands(const std::string& request);

    /// A person with this login who may approve; gives their token.
    std::string person(const std::string& login);
    /// The entity of a token.
    std::string entity(const std::string& token);
    /// Writes a record under the token's own identity, as `decision` ("approve" or "deny"); `lasting`: good for later
    /// jobs of the digest for so long.
    void answer(const std::string& token, const std::string& request, const std::string& decision,
                const std::string& reason, std::chrono::seconds lasting = {});
    bool log_says(std::uint64_t job, const std::string& text, std::chrono::seconds limit = std::chrono::seconds(20));

private:
    VaultSite vault_;
    World world_;
    boost::asio::io_context io_;
};

} // namespace ysnp::test
