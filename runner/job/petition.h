#pragma once
#include "checks/decide.h"
#include "net/deadline.h"
#include "runner/policy/approvals.h"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace ysnp::job {

/// What a wait for people needs of the job that waits.
class Petitioner {
public:
    virtual ~Petitioner() = default;
    /// The whole gate, on policy and approvals that are read now. Never throws, as policy::judge.
    virtual boost::asio::awaitable<checks::Decision> judge(checks::ApprovalRequest request) = 0;
    /// Waits until no other job asks about the same thing; false at the deadline.
    virtual boost::asio::awaitable<bool> turn(Deadline until) = 0;
    /// People are about to be asked: says in `request` how often they were before, and counts this time. A reason where
    /// they refused so often that they are to be left in peace. Nobody is asked before it returns.
    virtual boost::asio::awaitable<std::optional<checks::Reason>> announce(checks::ApprovalRequest& request,
                                                                           const checks::Decision& decision) = 0;
    /// The job's place among those that run.
    virtual void give_place_back() = 0;
    /// Throws system_error: Failure::timed_out at the deadline.
    virtual boost::asio::awaitable<void> take_place(Deadline until) = 0;
    /// The request stands in the store: `request` is what it is found by, also after a restart.
    virtual boost::asio::awaitable<void> asked(checks::ApprovalRequest request) = 0;
    /// A line of the job's log.
    virtual void say(std::string_view line) = 0;
};

/// How often things happen while people are waited for.
struct Patience {
    std::chrono::milliseconds look{2000};           ///< between two looks at what people wrote
    std::chrono::milliseconds longest_pause{30000}; ///< where the store does not answer
    std::chrono::milliseconds remind{300000};       ///< between two lines that say what the job waits for
};

/// A job's wait for people's approval of its digest. Its log says at once what it waits for, and again every few
/// minutes. Errors of the store keep it waiting, never pass; a request that vanished or was changed ends it.
class Petition {
public:
    /// All of them must outlive the petition. `until` ends the wait, whatever the wall clock says.
    Petition(Petitioner& job, policy::Approvals& approvals, checks::ApprovalRequest request, Deadline until,
             Patience patience = {});

    /// Writes the request down; tries again while the store does not answer. `decision` is the one that asks. Gives the
    /// refusal of a request that cannot be written; nothing once it stands.
    boost::asio::awaitable<std::optional<checks::Decision>> ask(checks::Decision decision);
    /// Waits for the answer to a request that stands: a decision that passes, made on policy and approvals that were
    /// read after the job's place was taken; or one that refuses. Cancelling throws and leaves the request where it is.
    boost::asio::awaitable<checks::Decision> answer();

    const checks::ApprovalRequest& request() const noexcept { return request_; }

private:
    boost::asio::awaitable<bool> await_turn();
    boost::asio::awaitable<std::optional<checks::Decision>> put_down(checks::Decision decision);
    boost::asio::awaitable<std::optional<checks::Decision>> weigh();
    boost::asio::awaitable<bool> claim_place();
    boost::asio::awaitable<std::optional<checks::Decision>> count_uses(checks::Decision decision);
    std::optional<checks::Decision> postponed(checks::Decision decision);
    boost::asio::awaitable<bool> news();
    boost::asio::awaitable<bool> look();
    boost::asio::awaitable<bool> rest(std::chrono::milliseconds pause);
    void explain();
    boost::asio::awaitable<void> remind_often(std::string what);
    void remind(const std::string& what);
    void tell(const checks::Decision& decision);
    void complain(std::string trouble);
    bool over() const { return std::chrono::steady_clock::now() >= until_; }
    Deadline call_limit() const;

    Petitioner& job_;
    policy::Approvals& approvals_;
    checks::ApprovalRequest request_;
    Deadline until_;
    Patience patience_;
    Deadline next_reminder_;
    std::chrono::milliseconds pause_;
    checks::Decision newest_;         ///< the last that neither passed nor refused
    std::optional<std::string> seen_; ///< what people had written when we last looked; nothing: judge anew
    bool placed_ = false;
    std::string trouble_; ///< the last thing said about the store
    std::set<std::string> said_;
};

} // namespace ysnp::job
