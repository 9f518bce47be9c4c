#pragma once
#include "checks/facts.h"
#include "checks/policy.h"
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace ysnp::gitlab {
struct Job;
} // namespace ysnp::gitlab

namespace ysnp::policy {

class AnchorPlace;
class Approvals;

/// `group/sub/project`: at least two segments of `[A-Za-z0-9_][A-Za-z0-9_.-]*`, none of them `.`, `..` or ending in
/// `.git` or `.atom`; at most 512 bytes; and no folder that the runner itself writes to (`ysnprunner/audit`,
/// `…/approvals/ID/used`). What passes is safe in a path and needs no escaping.
class ProjectPath {
public:
    /// Throws system_error (Failure::invalid) for anything else.
    explicit ProjectPath(std::string_view text);
    const std::string& text() const noexcept { return text_; }
    std::string_view name_space() const noexcept; ///< everything before the last `/`

private:
    std::string text_;
};

/// A store that cannot be trusted or used: what, and what to do. A code of Failure::invalid, denied, transient, …
class StoreFault : public std::system_error {
public:
    StoreFault(std::error_code code, std::string document, std::string found, std::string expected, std::string remedy,
               std::string gate_code = {});
    const std::string& document() const noexcept { return document_; }
    const std::string& found() const noexcept { return found_; }
    const std::string& expected() const noexcept { return expected_; }
    const std::string& remedy() const noexcept { return remedy_; }
    /// POL-STALE, VLT-CAPS, …; empty: the one that `code` stands for.
    const std::string& gate_code() const noexcept { return gate_code_; }

private:
    std::string document_, found_, expected_, remedy_, gate_code_;
};

/// Where policy lives. Reading is one call for all documents of a decision, so that a store can ask in parallel.
class Store {
public:
    virtual ~Store() = default;
    /// Fresh documents, never from a cache. A document that does not exist is nullopt; anything else that goes wrong
    /// throws system_error: Failure::denied, transient, timed_out, protocol, too_large, untrusted, invalid.
    virtual boost::asio::awaitable<checks::Documents> read(const ProjectPath& project, Deadline until) = 0;
    /// What people call it: "file store /etc/ysnprunner/policy".
    virtual std::string name() const = 0;
    /// How people are asked for approval, where this store keeps it; else nullptr. Lives as long as the store.
    virtual Approvals* approvals() { return nullptr; }
    /// What to do about a job that has to ask, where nobody can be asked.
    virtual std::string without_approvals() const
    {
        return "have the job's digest added to allowed_scripts, or keep policy in Vault (gate.store: vault)";
    }
    /// The store to ask about this job, where it brings a credential or evidence of its own; else nullptr: this one.
    /// Must not outlive this one.
    virtual std::unique_ptr<Store> for_job(const gitlab::Job&) { return nullptr; }
    /// Adds to the facts what read() found out about the job itself: the claims of its ID token, or why there are none.
    virtual void testify(checks::JobFacts&) const {}
    /// Throws StoreFault where the runner's own credential does not get in, or may write what decides about it
    /// (VLT-CAPS), for the projects that `gate.projects` names. From then on no document is read before this has been
    /// found out.
    virtual boost::asio::awaitable<void> inspect(std::vector<std::string>, Deadline) { co_return; }
    /// Why this store has taken the runner's login back, in its own words; empty where it has not, where the login
    /// ended by itself, and where the store does not say. Throws nothing but a cancellation.
    virtual boost::asio::awaitable<std::string> withdrawn(Deadline) { co_return std::string(); }
    /// Where the audit chain's head can be kept, where this store can; else nullptr. Lives as long as the store.
    virtual AnchorPlace* anchors() { return nullptr; }
    /// What goes on in the background between start() and stop(), such as keeping a login alive.
    virtual void start() {}
    virtual boost::asio::awaitable<void> stop(Deadline) { co_return; }
};

} // namespace ysnp::policy
