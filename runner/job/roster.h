#pragma once
#include "net/task_group.h"
#include "runner/job/poller.h"
#include "runner/job/station.h"
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace ysnp::job {

/// The runner entries that are up: each with its station and, once it polls, the tasks of its own. What a reload takes
/// out lives on for its last jobs, and then gives back its login and its networks.
class Roster {
public:
    /// Jobs run in `jobs`; both groups outlive the roster's use.
    Roster(boost::asio::any_io_executor executor, Plant& plant, TaskGroup& jobs, TaskGroup& chores);

    /// An entry without a token is skipped, said in the log. Throws StoreFault (VLT-CAPS) for one whose credential may
    /// do too much, system_error where the Engine's socket is closed to us or, under enforce, open to everybody;
    /// nothing of it is up then.
    boost::asio::awaitable<void> start(std::shared_ptr<const conf::Config> config, const conf::Runner& runner);
    /// Begins to ask GitLab for jobs, once what an earlier run left at the Engine is on its way out.
    void poll(const std::string& name);
    /// Polls no more; the entry leaves the roster.
    boost::asio::awaitable<void> retire(const std::string& name);
    /// All stay, none polls.
    boost::asio::awaitable<void> stop_polling();
    /// Everything gives back what it keeps up.
    boost::asio::awaitable<void> stop(Deadline until);

    /// No token is replaced from here on, and what was is on disk: for the time in which the configuration is read.
    boost::asio::awaitable<void> pause_rotation();
    void resume_rotation();
    /// Entries that are up with another token than they have in `fresh`: somebody else replaced it.
    std::vector<std::string> with_other_token(const conf::Config& fresh) const;
    /// What is global in a reloaded configuration, for the entries that stay; they begin to ask anew.
    void adopt(const std::shared_ptr<const conf::Config>& config);

    bool contains(const std::string& name) const { return entries_.contains(name); }
    std::vector<std::string> names() const;
    std::vector<std::shared_ptr<Station>> stations() const;

private:
    struct Entry {
        std::shared_ptr<Station> station;
        std::unique_ptr<Poller> poller;
        std::unique_ptr<TaskGroup> tasks;    ///< its poller
        std::unique_ptr<TaskGroup> rotation; ///< of its token
    };

    void rotate(Entry& entry);
    boost::asio::awaitable<bool> sweep_first(std::shared_ptr<Station> station);
    boost::asio::awaitable<std::string> sweep_once(std::shared_ptr<Station> station);
    boost::asio::awaitable<void> sweep_at_last(std::shared_ptr<Station> station);
    boost::asio::awaitable<void> ask_for_jobs(std::shared_ptr<Station> station, Poller* poller);
    boost::asio::awaitable<void> inspect(Station& station);
    boost::asio::awaitable<void> let_go(const Station* retired);

    boost::asio::any_io_executor executor_;
    Plant& plant_;
    TaskGroup& jobs_;
    TaskGroup& chores_;
    std::map<std::string, Entry> entries_;
    std::vector<std::shared_ptr<Station>> retired_;                     // their last jobs still run
    std::set<std::tuple<std::string, std::string, std::string>> swept_; // owners, each at its Engine
    std::vector<std::uint64_t> resumed_; // jobs that waited for people when this process began: they have no leftovers
};

/// A task that ends by being cancelled; what else ends it is said in the log: it must not take the service with it.
boost::asio::awaitable<void> quietly(boost::asio::awaitable<void> task, std::string what);

} // namespace ysnp::job
