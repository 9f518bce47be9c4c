#include "runner/job/login_watch.h"
#include "runner/host/log.h"
#include "runner/policy/store.h"
#include <set>

namespace ysnp::job {

using boost::asio::awaitable;
using namespace std::chrono_literals;

awaitable<void> LoginWatch::run(std::chrono::milliseconds pause)
{
    for (;;) {
        co_await suspected_.wait(in(pause));
        suspected_.reset();
        std::set<std::shared_ptr<policy::Store>> stores;
        for (const Running& job : jobs_) stores.insert(job.store);
        for (const std::shared_ptr<policy::Store>& store : stores) co_await ask(store);
    }
}

awaitable<void> LoginWatch::ask(std::shared_ptr<policy::Store> store)
{
    const std::string why = co_await store->withdrawn(in(10s));
    if (why.empty()) co_return;
    const std::string text = "VLT-AUTH: the policy store has taken the runner's login back: " + why;
    host::error(text + "; its jobs are stopped (gate.vault.on_revoke)");
    for (const Running& job : jobs_) {
        if (job.store == store) job.stop->end(Why::withdrawn, text);
    }
}

} // namespace ysnp::job
