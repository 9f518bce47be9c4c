#pragma once
#include "net/wait.h"
#include "runner/job/records.h"
#include "runner/policy/anchor_place.h"
#include <memory>
#include <optional>
#include <string>

namespace ysnp::policy {
class StoreFault;
} // namespace ysnp::policy

namespace ysnp::job {

/// Keeps the head of the audit chain in the policy store, so that nobody cuts its end off or swaps the file unseen.
/// Heads are written beside the jobs, never in their way; a failure is loud, and tried again. Until the chain was
/// compared with the head that stands there, no job passes (Records::hold_passes), unless the store gives no right to
/// that; then it is asked again and again.
class Anchoring {
public:
    /// Listens to the notices of `records` from now on; must live until nothing is recorded any more.
    Anchoring(boost::asio::any_io_executor executor, Records& records, std::string system_id);
    Anchoring(const Anchoring&) = delete;
    Anchoring& operator=(const Anchoring&) = delete;

    /// Where heads are kept from now on; nullptr: this store keeps none. To be compared anew.
    void use(std::shared_ptr<policy::AnchorPlace> place); // shared with the station that a reload may retire
    /// Throws system_error when the chain does not hold the record that was anchored. A store that does not answer is
    /// said in the log, and run() asks again.
    boost::asio::awaitable<void> compare();
    /// Compares where that is still open, and writes each head that is worth it, the newest only. Never ends; cancel
    /// it.
    boost::asio::awaitable<void> run();
    /// Writes the head a last time. Says in the log where that fails.
    boost::asio::awaitable<void> finish(Deadline until);

private:
    boost::asio::awaitable<bool> try_compare();
    boost::asio::awaitable<bool> write(audit::Position head, Deadline until);
    boost::asio::awaitable<void> check(audit::Anchor anchor);
    void wish(const audit::Position& head);
    void tell(const policy::StoreFault& fault);

    Records& records_;
    std::string system_id_, host_;
    std::shared_ptr<policy::AnchorPlace> place_;
    bool compared_ = false;
    std::string complaint_; // the last thing said about the store
    std::optional<audit::Position> wanted_;
    Event changed_;
};

} // namespace ysnp::job
