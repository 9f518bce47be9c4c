#pragma once
#include "net/wait.h"
#include "runner/agent/session.h"
#include "runner/agent/user.h"
#include "runner/job/outcome.h"
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

    /// Its agent is told to leave; the container, its volume and its network go once it has.
    ~Workplace();
    Workplace(const Workplace&) = delete;
    Workplace& operator=(const Workplace&) = delete;

    agent::Session& session() noexcept { return *session_; }
    agent::NumericUser user() const noexcept { return user_; }
    /// The entrypoint and the shell.
    std::vector<std::string> command() const;
    /// What ends the job when a call to its agent broke off by `error`.
    boost::asio::awaitable<JobError> lost(std::exception_ptr error);

private:
    explicit Workplace(Run& run);
    Deadline within(std::chrono::seconds time) const;
    boost::asio::awaitable<bool> prepare_too_long();
    boost::asio::awaitable<void> prepare();
    boost::asio::awaitable<void> resolve_image();
    boost::asio::awaitable<void> take_network();
    void specify();
    boost::asio::awaitable<void> make_volume();
    boost::asio::awaitable<void> make_container();
    boost::asio::awaitable<bool> create();
    boost::asio::awaitable<void> require_no_drift();
    boost::asio::awaitable<void> furnish();
    boost::asio::awaitable<void> find_user();
    boost::asio::awaitable<void> bring_in_agent();
    boost::asio::awaitable<void> note_start();
    boost::asio::awaitable<void> attach();
    boost::asio::awaitable<void> start();
    boost::asio::awaitable<void> start_and_look(Event& heard, Deadline until);
    boost::asio::awaitable<void> hear(agent::Hello& hello, std::exception_ptr& unheard, Event& heard, Deadline until);

    Run& run_;
    Deadline until_; ///< it has to stand by then: the job's end, or prepare_timeout
    docker::ResolvedImage image_;
    std::optional<docker::NetworkPool::Lease> network_;
    std::optional<docker::Janitor::Handover<docker::VolumeName>> volume_;
    docker::ContainerSpec spec_;
    docker::ContainerId id_; ///< empty until it is made
    std::optional<docker::Watch::Guard> guard_;
    agent::NumericUser user_;
    std::unique_ptr<agent::Session> session_;
};

} // namespace ysnp::job
