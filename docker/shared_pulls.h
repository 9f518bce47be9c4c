#pragma once
#include "docker/engine.h"
#include "net/task_group.h"
#include <list>
#include <memory>

namespace ysnp::docker {

/// Pulls that several jobs wait for: one at a time for one image, platform and login. A job that loses interest does
/// not disturb the others; when the last one has, the pull is cancelled.
class SharedPulls {
public:
    SharedPulls(boost::asio::any_io_executor executor, Engine& engine);
    ~SharedPulls();

    /// Joins the pull that runs, or starts one. Throws its EngineError, Failure::timed_out or cancelled.
    boost::asio::awaitable<PullResult> pull(Reference image, std::string platform, const RegistryAuth& auth,
                                            Deadline until);
    /// Cancels what runs.
    boost::asio::awaitable<void> stop();
    std::size_t running() const noexcept { return running_.size(); }

private:
    struct Pull;
    std::shared_ptr<Pull> join(Reference image, std::string platform, const RegistryAuth& auth);
    boost::asio::awaitable<void> run(std::shared_ptr<Pull> pull);
    void leave(const std::shared_ptr<Pull>& pull) noexcept;

    boost::asio::any_io_executor executor_;
    Engine& engine_;
    std::list<std::shared_ptr<Pull>> running_; // shared by the task that pulls and the jobs that wait
    TaskGroup tasks_;
};

} // namespace ysnp::docker
