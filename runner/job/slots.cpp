#include "runner/job/slots.h"
#include "net/failure.h"
#include <algorithm>

namespace ysnp::job {
namespace {

int lowest_free(const std::set<int>& used)
{
    int number = 0;
    while (used.contains(number)) ++number;
    return number;
}

} // namespace

bool Slots::within_limit(const std::string& runner, int limit) const
{
    const auto found = by_runner_.find(runner);
    return limit <= 0 || found == by_runner_.end() || found->second < limit;
}

/// A claim that its own runner's limit keeps waiting holds up nobody else.
bool Slots::available(const std::string& runner, int limit) const
{
    const auto ahead =
        std::ranges::count_if(claims_, [this](const Claim& claim) { return within_limit(claim.runner, claim.limit); });
    return used_ + ahead < concurrent_ && within_limit(runner, limit);
}

Slots::Place Slots::occupy(std::string runner)
{
    ++used_;
    ++by_runner_[runner];
    return Place(*this, std::move(runner));
}

boost::asio::awaitable<Slots::Place> Slots::take(std::string runner, int limit, Deadline until)
{
    while (!available(runner, limit)) {
        freed_.reset();
        const bool freed = co_await freed_.wait(until);
        if (!freed) throw std::system_error(Error::deadline_passed, "waiting for a free place");
    }
    co_return occupy(std::move(runner));
}

boost::asio::awaitable<Slots::Place> Slots::take_back(std::string runner, int limit, Deadline until)
{
    const auto claim = claims_.insert(claims_.end(), Claim{runner, limit});
    const auto leave = [this](const std::list<Claim>::iterator* mine) {
        claims_.erase(*mine);
        freed_.set(); // for those who stood behind
    };
    const std::unique_ptr<const std::list<Claim>::iterator, decltype(leave)> left(&claim, leave);
    while (used_ >= concurrent_ || !within_limit(runner, limit)) {
        freed_.reset();
        const bool freed = co_await freed_.wait(until);
        if (!freed) throw std::system_error(Error::deadline_passed, "waiting for a free place");
    }
    co_return occupy(std::move(runner));
}

void Slots::give_back(const std::string& runner) noexcept
{
    --used_;
    --by_runner_[runner];
    freed_.set();
}

void Slots::resize(int concurrent)
{
    concurrent_ = concurrent;
    freed_.set();
}

SlotNumbers::Lease::Lease(SlotNumbers& owner, std::string runner, std::int64_t project)
    : owner_(&owner), runner_(std::move(runner)), project_(project)
{
    std::set<int>& of_runner = owner_->of_runner_[runner_];
    std::set<int>& of_project = owner_->of_project_[{runner_, project_}];
    slot_ = {lowest_free(of_runner), lowest_free(of_project)};
    of_runner.insert(slot_.runner);
    of_project.insert(slot_.project);
}

SlotNumbers::Lease::~Lease()
{
    if (owner_ == nullptr) return;
    owner_->of_runner_[runner_].erase(slot_.runner);
    const auto project = owner_->of_project_.find({runner_, project_});
    project->second.erase(slot_.project);
    if (project->second.empty()) owner_->of_project_.erase(project);
}

} // namespace ysnp::job
