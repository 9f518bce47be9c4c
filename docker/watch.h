#pragma once
#include "docker/engine.h"
#include "docker/labels.h"
#include "net/task_group.h"
#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <string>

namespace ysnp::docker {

/// Somebody else did something to a container of ours.
struct Meddling {
    ContainerId container;
    std::string what;   ///< "exec_create"
    std::string detail; ///< "exec_create: sh -c id", "connect to net7": printable and short
};

struct WatchOptions {
    std::chrono::milliseconds first_pause{100}, longest_pause{30'000};
    std::function<void(std::string_view why)> blind; ///< nothing is seen any more, or something could not be read
    std::function<void()> sighted;                   ///< all is seen again
};

/// Looks at what happens to containers with the owner's labels: whoever reaches the Engine's socket can run programs in
/// them, copy files in and out, change their limits, connect networks, stop time. The runner does none of that to a
/// container that runs, so whatever comes is somebody else's. Two streams of events, filtered by the Engine. A broken
/// one comes back, and what happened meanwhile is made good from the Engine's memory of its last events.
class Watch {
public:
    /// `engine` is the one that makes the containers; it must outlive the watch.
    Watch(boost::asio::any_io_executor executor, Engine& engine, const Owner& owner, WatchOptions options);
    ~Watch();

    void start();
    boost::asio::awaitable<void> stop();
    /// Whether a stream is broken, or something could not be read.
    bool is_blind() const noexcept { return blind_; }

    /// Ends the watch over one container when it goes. Must not outlive the Watch.
    class Guard {
    public:
        Guard(Watch& watch, ContainerId container) : watch_(&watch), container_(std::move(container)) {}
        Guard(Guard&& other) noexcept
            : watch_(std::exchange(other.watch_, nullptr)), container_(std::move(other.container_))
        {
        }
        Guard& operator=(Guard&&) = delete;
        ~Guard()
        {
            if (watch_) watch_->guarded_.erase(container_);
        }

    private:
        Watch* watch_;
        ContainerId container_;
    };
    using Alarm = std::function<void(const Meddling&)>;
    /// Calls `meddled` the first time that somebody does something to the container. `network`: the id or the name of
    /// the one that it was made for.
    [[nodiscard]] Guard guard(ContainerId container, std::string network, Alarm meddled);

private:
    struct View;
    struct Guarded {
        std::string network;
        Alarm meddled;
        unsigned archives = 0;
        bool told = false;
    };
    boost::asio::awaitable<void> follow(View& view);
    boost::asio::awaitable<std::string> look(View& view);
    void judge(const EngineEvent& event);
    bool ours(Guarded& guarded, const EngineEvent& event) const;
    void lost(std::string_view why);
    void found();

    Engine& engine_;
    WatchOptions options_;
    std::list<View> views_;
    std::map<ContainerId, Guarded> guarded_;
    bool blind_ = false;
    TaskGroup tasks_;
};

} // namespace ysnp::docker
