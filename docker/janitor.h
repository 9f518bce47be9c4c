#pragma once
#include "docker/engine.h"
#include "net/task_group.h"
#include "net/wait.h"
#include <functional>
#include <memory>
#include <string>

namespace ysnp::docker {

struct JanitorOptions {
    std::chrono::milliseconds first_pause{50}, longest_pause{5000};
    std::chrono::seconds patience{600}; ///< for one object; then it is left to the sweep of the next start
    /// When a container that nobody knows to exist is looked for again.
    std::vector<std::chrono::milliseconds> second_looks{std::chrono::seconds(1), std::chrono::seconds(10),
                                                        std::chrono::seconds(60)};
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

    /// How a container is asked to end by itself, which costs less than a kill. It may fail, and is given up at the
    /// deadline.
    using Farewell = std::function<boost::asio::awaitable<void>(Deadline)>;
    /// What a container uses, until it is gone; destroying it hands it over. Shared, as its type is erased.
    using Belongings = std::shared_ptr<void>;
    /// The farewell, then the removal by force however that went, then the belongings: none is tried in vain before.
    void retire(ContainerId container, Farewell farewell, Belongings belongings) noexcept;

    /// A create of this name stayed without an answer: the Engine may carry it out later, for nobody. Removes it now
    /// and at each of the second looks; a shutdown looks once more. The name must be ours alone.
    void reconcile(std::string container_name) noexcept;

    std::size_t pending() const noexcept { return tasks_.size(); }
    /// Waits until everything queued is gone or given up, at most until the deadline; then gives the rest up.
    boost::asio::awaitable<void> join(Deadline until);

private:
    using Attempt = std::function<boost::asio::awaitable<Removal>(Deadline)>;
    boost::asio::awaitable<void> until_gone(std::string object, Attempt attempt);
    boost::asio::awaitable<void> look_again(std::string container_name);
    boost::asio::awaitable<void> part(ContainerId container, Farewell farewell, Belongings belongings);
    Attempt removal_of(ContainerId container);
    void leave_behind(const std::string& object, const std::string& why) const;
    boost::asio::awaitable<Removal> remove_network_by_force(NetworkId network, Deadline until);
    void queue(std::string object, Attempt attempt) noexcept;

    Engine& engine_;
    JanitorOptions options_;
    Event ending_; // join() has begun: who waits for nothing certain waits no longer
    TaskGroup tasks_;
    bool closed_ = false; // join() gave up: what still comes is left to the next sweep
};

} // namespace ysnp::docker
