#pragma once
#include "checks/decide.h"
#include "net/deadline.h"
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

namespace ysnp::policy {

/// How people are asked for approval where a store keeps it. All calls throw StoreFault, are safe to cancel, and hold
/// nothing of a request between them: a restarted runner goes on with the request that it kept.
class Approvals {
public:
    virtual ~Approvals() = default;

    /// Writes the request down, never over another, and reads it back: what comes back, with its `id`, is what the
    /// other calls are given. Asked again with the same nonce, the request that stands there is the answer.
    /// Failure::conflict where another one has its place. `decision` is the one that asks.
    virtual boost::asio::awaitable<checks::ApprovalRequest> ask(checks::ApprovalRequest request,
                                                                const checks::Decision& decision, Deadline until) = 0;

    enum class Scope {
        answers,   ///< what people wrote about this request: few questions, for looking often; who they are may be old
        everything ///< also earlier approvals of the same digest: what a decision is made from
    };
    /// What people wrote, read afresh; with it the request as it stands now, an empty one where it has vanished or
    /// somebody changed it. Whatever cannot be read and judged throws: it is never left out.
    virtual boost::asio::awaitable<checks::ApprovalEvidence> look(checks::ApprovalRequest request, Scope scope,
                                                                  Deadline until) = 0;

    /// Before a job starts by `decision`: counts it as one of the later jobs that the approvals of earlier requests
    /// among those that it counted may serve (`max_uses`); durable when it returns. False where the last use is taken.
    virtual boost::asio::awaitable<bool> use(checks::ApprovalRequest request, const checks::Decision& decision,
                                             Deadline until) = 0;

    /// Notes beside a request that stays (`stays`) that people granted it: for those who look it up, and for what later
    /// jobs of that name are compared with. No decision is made from it.
    virtual boost::asio::awaitable<void> granted(checks::ApprovalRequest request, const checks::Decision& decision,
                                                 Deadline until) = 0;

    /// Takes the request back; one that is gone already is fine. Needs its `project` and `id` alone.
    virtual boost::asio::awaitable<void> withdraw(checks::ApprovalRequest request, Deadline until) = 0;

    /// What the job's log, which many people and jobs can read, calls the request.
    virtual std::string public_name(const checks::ApprovalRequest& request) const { return request.id; }

    /// Whether a request that was granted stays for people to look it up; else it is withdrawn like any other.
    virtual bool stays(const checks::ApprovalRequest&) const { return true; }

    /// What a person does to approve, for the job's log: one line each.
    virtual std::vector<std::string> instructions(const checks::ApprovalRequest& request) const = 0;
};

} // namespace ysnp::policy
