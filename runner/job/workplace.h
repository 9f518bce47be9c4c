#pragma once
#include "runner/agent/session.h"
#include "runner/agent/user.h"
#include "runner/job/run.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ysnp::job {

/// The container of one job with its volume, its network and the agent in it. However it ends, everything goes to the
/// janitor at once, and the network back to its pool.
class Workplace {
public:
    /// Resolves the image, takes a network, creates and starts the container and says hello to the agent; tells the
    /// job's log what it does. Each object is in the journal before it is made. Throws what ends the job; the Engine
    /// then holds nothing of it that the janitor does not know. `run` must outlive the workplace.
    static boost::asio::awaitable<std::unique_ptr<Workplace>> make(Run& run);

    agent::Session& session() noexcept { return *session_; }
    agent::NumericUser user() const noexcept { return user_; }
    /// The entrypoint and the shell.
    std::vector<std::string> command() const;
    /// Why a container ended by itself, as the Engine saw it: "it ran out of memory", or nothing.
    boost::asio::awaitable<std::string> post_mortem();

private:
    explicit Workplace(Run& run) : run_(run) {}
    boost::asio::awaitable<void> resolve_image();
    boost::asio::awaitable<void> take_network();
    boost::asio::awaitable<void> create();
    boost::asio::awaitable<void> require_no_drift(docker::ContainerSpec spec);
    boost::asio::awaitable<void> find_user();
    boost::asio::awaitable<void> bring_in_agent();
    boost::asio::awaitable<void> start();

    Run& run_;
    docker::ResolvedImage image_;
    std::optional<docker::NetworkPool::Lease> network_;
    // Members are destroyed from the last to the first: the container goes before its volume and network.
    std::optional<docker::Janitor::Handover<docker::VolumeName>> volume_;
    std::optional<docker::Janitor::Handover<docker::ContainerId>> container_;
    docker::ContainerId id_;
    agent::NumericUser user_;
    std::unique_ptr<agent::Session> session_;
};

} // namespace ysnp::job
