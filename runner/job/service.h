#pragma once
#include "conf/config.h"
#include "net/task_group.h"
#include "runner/host/notify.h"
#include "runner/host/signals.h"
#include "runner/job/anchoring.h"
#include "runner/job/roster.h"
#include "runner/job/station.h"
#include <functional>
#include <memory>
#include <optional>

namespace ysnp::job {

/// How the service finds its configuration again, on SIGHUP. Nothing when it is wrong; what is wrong was said in the
/// log.
using Reload = std::function<std::optional<conf::Config>()>;

/// The running service: all runner entries of a configuration. SIGHUP reloads, SIGQUIT finishes the jobs, SIGTERM and
/// SIGINT cancel them, a second one leaves at once.
class Service {
public:
    Service(boost::asio::any_io_executor executor, Plant& plant, std::shared_ptr<const conf::Config> config,
            Reload reload, host::Notifier notifier);
    ~Service();

    /// Runs until it is told to stop; returns when no job is left and the Engine holds nothing of ours, or when
    /// shutdown_timeout is over. Call once.
    boost::asio::awaitable<void> run(host::Signals& signals);

private:
    boost::asio::awaitable<bool> try_start(const conf::Runner& runner);
    boost::asio::awaitable<void> begin();
    boost::asio::awaitable<void> serve(host::Signals& signals);
    boost::asio::awaitable<void> anchor();
    boost::asio::awaitable<void> anchor_anew();
    boost::asio::awaitable<void> reload();
    boost::asio::awaitable<void> apply(conf::Config fresh);
    boost::asio::awaitable<void> drain(host::Signals& signals);
    boost::asio::awaitable<void> cancel(host::Signals& signals);
    boost::asio::awaitable<void> close();

    boost::asio::any_io_executor executor_;
    Plant& plant_;
    std::shared_ptr<const conf::Config> config_;
    Reload reload_;
    host::Notifier notifier_;
    Anchoring anchoring_;
    TaskGroup jobs_;
    TaskGroup chores_;
    Roster roster_;
};

} // namespace ysnp::job
