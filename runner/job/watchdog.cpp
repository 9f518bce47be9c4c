#include "runner/job/watchdog.h"
#include "net/on_pool.h"
#include "net/wait.h"

namespace ysnp::job {

boost::asio::awaitable<void> feed_watchdog(const host::Notifier& notifier, boost::asio::thread_pool& pool)
{
    const auto interval = notifier.watchdog_interval();
    if (!interval) co_return;
    for (;;) {
        co_await on_pool(pool, [] {});
        notifier.watchdog();
        const Deadline next = in(*interval);
        co_await sleep_until(next);
    }
}

} // namespace ysnp::job
