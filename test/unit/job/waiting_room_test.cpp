#include "net/failure.h"
#include "net/task_group.h"
#include "runner/job/slots.h"
#include "runner/job/waiting_room.h"
#include "test/double/run.h"
#include <boost/asio/this_coro.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace ysnp::job;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using test::on_loop;

TEST_CASE("a waiting room has so many seats, and one job at a time asks about a subject [AC-A23] [AC-E01]")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        WaitingRoom room(executor);
        Stop stop(executor);
        std::optional<WaitingRoom::Seat> first = room.enter(stop, 1, 2);
        std::optional<WaitingRoom::Seat> second = room.enter(stop, 1, 2);
        CHECK_FALSE(room.enter(stop, 1, 2));
        CHECK(room.size() == 2);
        const bool mine = co_await first->ask_about("a", in(50ms));
        CHECK(mine);
        CHECK(second->is_taken("a"));
        const bool taken = co_await second->ask_about("a", in(50ms));
        CHECK_FALSE(taken);
        const bool other = co_await second->ask_about("b", in(50ms));
        CHECK(other);
        first.reset();
        CHECK(room.size() == 1);
        const bool free = co_await second->ask_about("a", in(50ms));
        CHECK(free);
    });
}

TEST_CASE("whoever waits when the runner leaves hears it, and whoever comes later too")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        WaitingRoom room(executor);
        Stop early(executor), late(executor);
        const auto seat = room.enter(early, 1, 9);
        CHECK(early.why() == Why::none);
        room.suspend();
        CHECK(early.why() == Why::suspended);
        const auto other = room.enter(late, 1, 9);
        CHECK(late.why() == Why::suspended);
        co_return;
    });
}

TEST_CASE("what waits keeps so much memory at most, and a job that waited before a restart is not turned away")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        WaitingRoom room(executor);
        Stop stop(executor);
        constexpr std::size_t half = WaitingRoom::most_bytes / 2;
        std::optional<WaitingRoom::Seat> first = room.enter(stop, half, 9);
        const auto second = room.enter(stop, half, 9);
        CHECK(second);
        CHECK_FALSE(room.enter(stop, 1, 9));
        const auto resumed = room.come_back(stop, half);
        CHECK(room.size() == 3);
        first.reset();
        CHECK_FALSE(room.enter(stop, 1, 9));
        co_return;
    });
}

TEST_CASE("a job that starts keeps its turn while its answer is written down, but waits no more [AC-A23]")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        WaitingRoom room(executor);
        Stop first(executor), next(executor);
        std::optional<WaitingRoom::Seat> starting = room.enter(first, 1, 1);
        starting->goes_on_with("a");
        starting->waits_no_more();
        CHECK(room.size() == 0);
        std::optional<WaitingRoom::Seat> behind = room.enter(next, 1, 1);
        REQUIRE(behind);
        const bool early = co_await behind->ask_about("a", in(50ms));
        CHECK_FALSE(early);
        room.suspend();
        CHECK(first.why() == Why::none);
        CHECK(next.why() == Why::suspended);
        starting.reset();
        const bool mine = co_await behind->ask_about("a", in(50ms));
        CHECK(mine);
    });
}

TEST_CASE("a job that takes its place back comes before whoever asks for new jobs, within its runner's limit")
{
    on_loop([](boost::asio::any_io_executor executor) -> awaitable<void> {
        Slots slots(executor, 1);
        Slots::Place taken = co_await slots.take("a", 0, in(1s));
        std::optional<Slots::Place> held(std::move(taken));
        std::vector<std::string> order;
        TaskGroup tasks(executor);
        const auto poll = [](Slots& of, std::vector<std::string>& log) -> awaitable<void> {
            const Slots::Place place = co_await of.take("a", 0, in(10s));
            log.emplace_back("new");
        };
        const auto back = [](Slots& of, std::vector<std::string>& log) -> awaitable<void> {
            const Slots::Place place = co_await of.take_back("a", 0, in(10s));
            log.emplace_back("back");
        };
        tasks.spawn(poll(slots, order));
        co_await sleep_until(in(5ms));
        tasks.spawn(back(slots, order));
        co_await sleep_until(in(5ms));
        held.reset();
        co_await tasks.join();
        CHECK(order == std::vector<std::string>{"back", "new"});
        CHECK(slots.free() == 1);

        slots.resize(2);
        const Slots::Place only = co_await slots.take("b", 1, in(1s));
        const auto limited = [](Slots& of) -> awaitable<void> {
            const Slots::Place place = co_await of.take_back("b", 1, in(50ms));
        };
        tasks.spawn(limited(slots)); // its runner's limit holds it up, not the others
        co_await sleep_until(in(5ms));
        {
            const Slots::Place other = co_await slots.take("a", 0, in(20ms));
            CHECK(slots.free() == 0);
        }
        bool late = false;
        try {
            co_await tasks.join();
        } catch (const std::system_error& error) {
            late = error.code() == Failure::timed_out;
        }
        CHECK(late);
    });
}
