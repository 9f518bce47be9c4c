#pragma once
#include "docker/engine.h"
#include "docker/janitor.h"
#include "docker/labels.h"

namespace ysnp::docker {

/// What the Engine still holds of ours: same runner and same system id in the labels.
struct Leftovers {
    std::vector<ContainerSummary> containers;
    std::vector<VolumeInfo> volumes;
    std::vector<NetworkInfo> networks;
};

/// Lists it. Objects of other runners or systems are not in it, whatever else their labels say.
boost::asio::awaitable<Leftovers> find_leftovers(Engine& engine, Owner owner, Deadline until);

/// Hands everything to the janitor but what belongs to the jobs in `keep` (those that are adopted).
/// Returns how many objects that were.
std::size_t remove_leftovers(const Leftovers& found, const std::vector<std::uint64_t>& keep, Janitor& janitor);

} // namespace ysnp::docker
