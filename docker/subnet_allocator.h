#pragma once
#include "docker/subnets.h"
#include <cstdint>
#include <optional>
#include <vector>

namespace ysnp::docker {

/// Which subnets of a range are in use, by us or by others. It starts somewhere in the range, so that pools of several
/// processes rarely try the same one.
class SubnetAllocator {
public:
    SubnetAllocator(Subnets subnets, std::uint32_t first);

    /// A subnet nobody is known to use; nothing when there is none.
    std::optional<std::uint32_t> reserve();
    void release(std::uint32_t index);
    /// A reserved subnet turned out to be somebody else's.
    void mark_foreign(std::uint32_t index);
    /// Others may have given theirs back: they are worth another try.
    void forget_foreign();

    std::string at(std::uint32_t index) const { return subnets_.at(index); }

private:
    enum class Use : std::uint8_t { free, ours, foreign };

    Subnets subnets_;
    std::vector<Use> use_;
    std::uint32_t next_;
};

} // namespace ysnp::docker
