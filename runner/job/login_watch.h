#pragma once
#include "net/wait.h"
#include "runner/job/stop.h"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <list>
#include <memory>
#include <utility>

namespace ysnp::policy {
class Store;
} // namespace ysnp::policy

namespace ysnp::job {

/// The jobs that run, each with the policy store that let it pass: where that store takes the runner's login back
/// (Store::withdrawn), they are stopped. A store that does not answer stops nothing.
class LoginWatch {
    struct Running {
        Stop* stop;
        std::shared_ptr<policy::Store> store; // shared with its station: the job may end while the store is asked
    };

public:
    explicit LoginWatch(boost::asio::any_io_executor executor) : suspected_(std::move(executor)) {}

    /// A job that runs, as long as it lives. Must outlive neither the watch nor the job's Stop.
    class Entry {
    public:
        Entry(LoginWatch& watch, Stop& stop, std::shared_ptr<policy::Store> store)
            : watch_(watch), place_(watch.jobs_.insert(watch.jobs_.end(), {&stop, std::move(store)}))
        {
        }
        Entry(const Entry&) = delete;
        Entry& operator=(const Entry&) = delete;
        ~Entry() { watch_.jobs_.erase(place_); }

    private:
        LoginWatch& watch_;
        std::list<Running>::iterator place_;
    };

    /// A store has just let nobody in: all are asked now, and not only when their time comes.
    void suspect() { suspected_.set(); }
    /// Asks each store with jobs that run once in `pause`. Never ends; cancel it.
    boost::asio::awaitable<void> run(std::chrono::milliseconds pause);

private:
    boost::asio::awaitable<void> ask(std::shared_ptr<policy::Store> store);

    Event suspected_;
    std::list<Running> jobs_;
};

} // namespace ysnp::job
