#include "docker/sweep.h"
#include <algorithm>

namespace ysnp::docker {

namespace asio = boost::asio;

namespace {

/// The filter is the Engine's; that everything listed is ours is checked here once more, as it will be removed.
template <class Object>
std::vector<Object> ours(std::vector<Object> found, const Labels& labels)
{
    std::erase_if(found, [&](const Object& object) { return !carries(object.labels, labels); });
    return found;
}

template <class Object>
std::vector<const Object*> without(const std::vector<Object>& found, const std::vector<std::uint64_t>& keep)
{
    std::vector<const Object*> result;
    for (const Object& object : found) {
        const std::uint64_t job = job_of(object.labels);
        const bool kept = job != 0 && std::find(keep.begin(), keep.end(), job) != keep.end();
        if (!kept) result.push_back(&object);
    }
    return result;
}

} // namespace

asio::awaitable<Leftovers> find_leftovers(Engine& engine, Owner owner, Deadline until)
{
    const Labels labels = owner_labels(owner);
    Leftovers found;
    auto containers = co_await engine.list_containers(labels, until);
    auto volumes = co_await engine.list_volumes(labels, until);
    auto networks = co_await engine.list_networks(labels, until);
    found.containers = ours(std::move(containers), labels);
    found.volumes = ours(std::move(volumes), labels);
    found.networks = ours(std::move(networks), labels);
    co_return found;
}

std::size_t remove_leftovers(const Leftovers& found, const std::vector<std::uint64_t>& keep, Janitor& janitor)
{
    const auto containers = without(found.containers, keep);
    const auto volumes = without(found.volumes, keep);
    const auto networks = without(found.networks, keep);
    for (const auto* container : containers) janitor.remove(container->id);
    for (const auto* volume : volumes) janitor.remove(volume->name);
    for (const auto* network : networks) janitor.remove(network->id);
    return containers.size() + volumes.size() + networks.size();
}

} // namespace ysnp::docker
