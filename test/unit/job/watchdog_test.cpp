#include "net/wait.h"
#include "runner/job/watchdog.h"
#include "test/double/run.h"
#include "test/unit/host/service_manager.h"
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <future>

using namespace ysnp;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

/// Feeds for a while; what the service manager has heard of it since it last listened.
int fed(asio::io_context& context, const host::Notifier& notifier, asio::thread_pool& pool, test::Manager& manager,
        std::function<void()> at_last)
{
    using namespace asio::experimental::awaitable_operators;
    const auto pause = [](std::function<void()> then) -> asio::awaitable<void> {
        co_await sleep_until(in(200ms));
        if (then) then();
    };
    const auto both = [&]() -> asio::awaitable<void> {
        const auto first = co_await (job::feed_watchdog(notifier, pool) || pause(std::move(at_last)));
        (void)first;
    };
    test::run(context, both());
    int heard = 0;
    while (manager.heard() == "WATCHDOG=1") ++heard;
    return heard;
}

} // namespace

TEST_CASE("a pool whose every thread hangs on the state folder lets the watchdog bark [AC-E06]")
{
    test::TempDir folder;
    test::Manager manager((folder / "notify").string());
    const host::Notifier notifier((folder / "notify").string(), 20ms);
    asio::io_context context{1};
    asio::thread_pool pool(2);
    CHECK(fed(context, notifier, pool, manager, {}) > 1);
    std::promise<void> answer;
    const std::shared_future<void> folder_answers = answer.get_future().share();
    int unfed = -1;
    for (int thread = 0; thread < 2; ++thread) asio::post(pool, [folder_answers] { folder_answers.wait(); });
    fed(context, notifier, pool, manager, [&] {
        unfed = 0;
        while (manager.heard() == "WATCHDOG=1") ++unfed;
        answer.set_value();
    });
    CHECK(unfed == 0);
    CHECK(fed(context, notifier, pool, manager, {}) > 1);
    pool.join();
}
