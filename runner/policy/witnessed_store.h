#pragma once
#include "runner/policy/id_token.h"
#include "runner/policy/store.h"
#include <exception>

namespace ysnp::policy {

/// A store for one job whose ID token is evidence: reads the documents of another one, and beside them has Vault verify
/// the token. `store` and `client` must outlive it.
class WitnessedStore final : public Store {
public:
    WitnessedStore(Store& store, vault::Client& client, conf::IdToken settings, Secret token);

    boost::asio::awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) override;
    void testify(checks::JobFacts& facts) const override { testimony_.give(facts); }
    std::string name() const override { return store_.name(); }
    Approvals* approvals() override { return store_.approvals(); }
    std::string without_approvals() const override { return store_.without_approvals(); }

private:
    boost::asio::awaitable<checks::Documents> read_documents(ProjectPath project, Deadline until);
    boost::asio::awaitable<void> hear(Deadline until);

    Store& store_;
    vault::Client& client_;
    conf::IdToken settings_;
    Secret token_;
    Testimony testimony_;
    std::exception_ptr unread_, unheard_;
};

} // namespace ysnp::policy
