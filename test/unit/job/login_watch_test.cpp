#include "net/task_group.h"
#include "runner/job/login_watch.h"
#include "runner/job/stopped.h"
#include "runner/policy/store.h"
#include "test/double/run.h"
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::job;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using test::on_loop;

namespace {

struct ToldStore final : policy::Store {
    std::string why;
    int asked = 0;

    awaitable<checks::Documents> read(const policy::ProjectPath&, Deadline) override { co_return checks::Documents{}; }
    std::string name() const override { return "told"; }
    awaitable<std::string> withdrawn(Deadline until) override
    {
        CHECK(until <= in(10s));
        ++asked;
        co_return why;
    }
};

} // namespace

TEST_CASE("jobs of a store that takes the runner's login back are stopped, those of another one run on [AC-A14]")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        LoginWatch watch(executor);
        Stop mine(executor), second(executor), other(executor);
        const auto store = std::make_shared<ToldStore>(), untouched = std::make_shared<ToldStore>();
        const LoginWatch::Entry first(watch, mine, store), twin(watch, second, store), third(watch, other, untouched);
        TaskGroup tasks(executor);
        tasks.spawn(watch.run(5ms));
        const Deadline limit = in(10s);
        while (untouched->asked < 2 && std::chrono::steady_clock::now() < limit) co_await sleep_until(in(1ms));
        CHECK(store->asked <= untouched->asked + 1); // one question for all jobs of a login
        CHECK(mine.why() == Why::none);
        store->why = "status 403: permission denied";
        const bool stopped_first = co_await mine.wait(in(10s)), stopped_second = co_await second.wait(in(10s));
        CHECK(stopped_first);
        CHECK(stopped_second);
        CHECK(mine.why() == Why::withdrawn);
        CHECK(other.why() == Why::none);
        const Outcome outcome = stopped(mine.why(), mine.detail(), 1h);
        CHECK(outcome.reason == gitlab::FailureReason::runner_system_failure);
        CHECK(outcome.text ==
              "VLT-AUTH: the policy store has taken the runner's login back: status 403: permission denied");
        CHECK(outcome.reported);
        tasks.cancel();
        co_await tasks.join();
    });
}

TEST_CASE("a store is asked while its jobs run, and at once where it let nobody in")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        LoginWatch watch(executor);
        Stop stop(executor);
        const auto store = std::make_shared<ToldStore>();
        TaskGroup tasks(executor);
        {
            const LoginWatch::Entry entry(watch, stop, store);
            tasks.spawn(watch.run(1h));
            co_await sleep_until(in(5ms));
            CHECK(store->asked == 0);
            watch.suspect();
            co_await sleep_until(in(5ms));
            CHECK(store->asked == 1);
        }
        watch.suspect();
        co_await sleep_until(in(5ms));
        CHECK(store->asked == 1);
        tasks.cancel();
        co_await tasks.join();
    });
}
