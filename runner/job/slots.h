#pragma once
#include "net/wait.h"
#include "runner/job/layout.h"
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace ysnp::job {

/// The places for jobs of one process: `concurrent` in all, `limit` for each runner entry. A job that waits for a human
/// gives its place back and takes one again when it may run.
class Slots {
public:
    Slots(boost::asio::any_io_executor executor, int concurrent) : freed_(executor), concurrent_(concurrent) {}

    /// A place in the hands of one poll or job; its destructor gives it back. Must not outlive the slots.
    class Place {
    public:
        Place(Slots& slots, std::string runner) : slots_(&slots), runner_(std::move(runner)) {}
        Place(Place&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)), runner_(std::move(other.runner_))
        {
        }
        Place& operator=(Place&&) = delete;
        ~Place()
        {
            if (slots_) slots_->give_back(runner_);
        }

    private:
        Slots* slots_;
        std::string runner_;
    };

    /// A place for `runner`, which may hold `limit` (0: no limit of its own), as soon as there is one. Throws
    /// system_error: Failure::timed_out at the deadline, Failure::cancelled.
    boost::asio::awaitable<Place> take(std::string runner, int limit, Deadline until);
    /// The same for a job that GitLab has given us already: it comes before all who only ask for new jobs.
    boost::asio::awaitable<Place> take_back(std::string runner, int limit, Deadline until);
    int free() const noexcept { return concurrent_ - used_; }
    int used() const noexcept { return used_; }
    /// After a reload. Jobs that run stay, even when there are more than the new number.
    void resize(int concurrent);

private:
    struct Claim {
        std::string runner;
        int limit;
    };
    bool within_limit(const std::string& runner, int limit) const;
    bool available(const std::string& runner, int limit) const;
    Place occupy(std::string runner);
    void give_back(const std::string& runner) noexcept;

    Event freed_;
    int concurrent_;
    int used_ = 0;
    std::map<std::string, int> by_runner_;
    std::list<Claim> claims_; // of jobs that wait in take_back
};

/// Lowest free numbers: CI_CONCURRENT_ID per runner and CI_CONCURRENT_PROJECT_ID per runner and project.
class SlotNumbers {
public:
    class Lease {
    public:
        Lease(SlotNumbers& owner, std::string runner, std::int64_t project);
        Lease(Lease&& other) noexcept
            : owner_(std::exchange(other.owner_, nullptr)), runner_(std::move(other.runner_)), project_(other.project_),
              slot_(other.slot_)
        {
        }
        Lease& operator=(Lease&&) = delete;
        ~Lease();
        Slot slot() const noexcept { return slot_; }

    private:
        SlotNumbers* owner_;
        std::string runner_;
        std::int64_t project_;
        Slot slot_;
    };
    Lease take(std::string runner, std::int64_t project) { return {*this, std::move(runner), project}; }

private:
    std::map<std::string, std::set<int>> of_runner_;
    std::map<std::pair<std::string, std::int64_t>, std::set<int>> of_project_;
};

} // namespace ysnp::job
