#pragma once
#include "docker/engine.h"
#include "net/task_group.h"
#include <functional>
#include <string>

namespace ysnp::docker {

struct JanitorOptions {
    std::chrono::milliseconds first_pause{50}, longest_pause{5000};
    std::chrono::seconds patience{600}; ///< for one object; then it is left to the sweep of the next start
    /// Told what was left behind, and why.
    std::function<void(std::string_view object, std::string_view why)> left_behind;
};

/// Removes what jobs leave, off their critical path: destructors queue, its tasks do the I/O and try again until an
/// object is gone. Containers before volumes and networks is not needed: what is still in use is tried again.
class Janitor {
public:
    Janitor(boost::asio::any_io_executor executor, Engine& engine, JanitorOptions options = {});
    ~Janitor();

    /// Queues the removal when it goes out of scope. Must not outlive the janitor.
    template <class Object>
    class Handover {
    public:
        Handover(Janitor& janitor, Object object) : janitor_(&janitor), object_(std::move(object)) {}
        Handover(Handover&& other) noexcept
            : janitor_(std::exchange(other.janitor_, nullptr)), object_(std::move(other.object_))
        {
        }
        Handover& operator=(Handover&&) = delete;
        ~Handover()
        {
            if (janitor_) janitor_->remove(std::move(object_));
        }
        /// Keeps the object: somebody else sees to it.
        void release() noexcept { janitor_ = nullptr; }

    private:
        Janitor* janitor_;
        Object object_;
    };
    [[nodiscard]] Handover<ContainerId> removes(ContainerId container) { return {*this, std::move(container)}; }
    [[nodiscard]] Handover<VolumeName> removes(VolumeName volume) { return {*this, std::move(volume)}; }
    [[nodiscard]] Handover<NetworkId> removes(NetworkId network) { return {*this, std::move(network)}; }

    /// Starts the removal now. Never throws: without memory for a task the object is left to the next sweep.
    void remove(ContainerId container) noexcept;
    void remove(VolumeName volume) noexcept;
    void remove(NetworkId network) noexcept;

    std::size_t pending() const noexcept { return tasks_.size(); }
    /// Waits until everything queued is gone or given up, at most until the deadline; then gives the rest up.
    boost::asio::awaitable<void> join(Deadline until);

private:
    using Attempt = std::function<boost::asio::awaitable<Removal>(Deadline)>;
    boost::asio::awaitable<void> until_gone(std::string object, Attempt attempt);
    boost::asio::awaitable<Removal> remove_network_by_force(NetworkId network, Deadline until);
    void queue(std::string object, Attempt attempt) noexcept;

    Engine& engine_;
    JanitorOptions options_;
    TaskGroup tasks_;
};

} // namespace ysnp::docker
