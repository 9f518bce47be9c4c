#pragma once
#include "conf/config.h"
#include "docker/engine.h"
#include "docker/image.h"
#include "docker/janitor.h"
#include "docker/network_pool.h"
#include "docker/start_gate.h"
#include "docker/watch.h"
#include "gitlab-api/client.h"
#include "gitlab-api/rotation.h"
#include "runner/job/login_watch.h"
#include "runner/job/records.h"
#include "runner/job/slots.h"
#include "runner/job/stop.h"
#include "runner/job/waiting_room.h"
#include "runner/policy/gate.h"
#include "runner/policy/vault_store.h"
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace ysnp::job {

/// What every job of this process shares. Must outlive all stations.
struct Plant {
    boost::asio::any_io_executor executor;
    boost::asio::thread_pool& pool; ///< for what blocks
    Records& records;
    Slots& slots;
    SlotNumbers& numbers;
    WaitingRoom& waiting;
    std::string version, revision, system_id;
    std::set<Stop*> running; ///< one for each job, so that a shutdown can end them
    std::filesystem::path state_dir;
    std::filesystem::path runtime_dir; ///< in memory: spools of traces
    policy::Shared shared = {};        ///< of the stores
    LoginWatch logins{executor};       ///< at the stores, while jobs run
};

/// What the jobs of one runner entry share: its Engine, networks, images and policy. Lives until its last job is over,
/// also when a reload has replaced it.
struct Station {
    Station(Plant& everything, std::shared_ptr<const conf::Config> whole, const conf::Runner& entry);

    /// Waits for removals and gives networks back, at most until the deadline.
    boost::asio::awaitable<void> stop(Deadline until);
    /// What `gate` says about this entry's jobs.
    policy::Surroundings surroundings() const;

    Plant& plant;
    std::shared_ptr<const conf::Config> config; // jobs that run keep the configuration they began with
    std::shared_ptr<const conf::Config> latest; // after reloads that let this entry stay as it is: what is global
    const conf::Runner& runner;                 // in `config`
    Secret token;                               // the newest: rotation replaces it, and what is said of it below
    gitlab::WallTime token_obtained;
    std::optional<gitlab::WallTime> token_expires;
    bool token_unsaved = false; // GitLab replaced it, the disk did not take it yet
    int rotations = 0;
    gitlab::Client api;
    docker::Owner owner;
    docker::Engine engine;
    docker::Watch watch; // over the containers of its jobs
    TaskGroup alarms;    // on their way to the audit chain
    docker::Janitor janitor;
    docker::StartGate start_gate;
    docker::ImageResolver images;
    std::unique_ptr<docker::NetworkPool> networks; // with network_mode job only
    std::unique_ptr<policy::Store> store;
};

} // namespace ysnp::job
