#include "docker/subnet_allocator.h"
#include <algorithm>

namespace ysnp::docker {

SubnetAllocator::SubnetAllocator(Subnets subnets, std::uint32_t first)
    : subnets_(subnets), use_(subnets.count(), Use::free), next_(first % subnets.count())
{
}

std::optional<std::uint32_t> SubnetAllocator::reserve()
{
    const auto count = static_cast<std::uint32_t>(use_.size());
    for (std::uint32_t step = 0; step < count; ++step) {
        const std::uint32_t index = (next_ + step) % count;
        if (use_[index] != Use::free) continue;
        next_ = (index + 1) % count;
        use_[index] = Use::ours;
        return index;
    }
    return std::nullopt;
}

void SubnetAllocator::release(std::uint32_t index) { use_[index] = Use::free; }

void SubnetAllocator::mark_foreign(std::uint32_t index) { use_[index] = Use::foreign; }

void SubnetAllocator::forget_foreign() { std::replace(use_.begin(), use_.end(), Use::foreign, Use::free); }

} // namespace ysnp::docker
