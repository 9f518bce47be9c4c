#include "runner/job/slots.h"
#include "net/failure.h"

namespace ysnp::job {
namespace {

int lowest_free(const std::set<int>& used)
{
    int number = 0;
    while (used.contains(number)) ++number;
    return number;
}

} // namespace

bool Slots::available(const std::string& runner, int limit) const
{
    if (used_ >= concurrent_) return false;
    const auto found = by_runner_.find(runner);
    return limit <= 0 || found == by_runner_.end() || found->second < limit;
}

boost::asio::awaitable<Slots::Place> Slots::take(std::string runner, int limit, Deadline until)
{
    while (!available(runner, limit)) {
        freed_.reset();
        const bool freed = co_await freed_.wait(until);
        if (!freed) throw std::system_error(Error::deadline_passed, "waiting for a free place");
    }
    ++used_;
    ++by_runner_[runner];
    co_return Place(*this, std::move(runner));
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
