#include "docker/start_gate.h"
#include "net/failure.h"
#include "net/task_group.h"
#include "test/double/run.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <optional>

using namespace ysnp;
using namespace ysnp::docker;

namespace {

Deadline soon() { return in(std::chrono::seconds(10)); }

} // namespace

TEST_CASE("starts go through the gate in the order in which they came [DK190]")
{
    boost::asio::io_context context(1);
    StartGate gate(context.get_executor(), 2);
    std::vector<int> order;
    int inside = 0, most = 0;
    TaskGroup group(context.get_executor());
    const auto job = [&](int number) -> boost::asio::awaitable<void> {
        const StartGate::Permit permit = co_await gate.enter(soon());
        order.push_back(number);
        most = std::max(most, ++inside);
        co_await sleep_until(in(std::chrono::milliseconds(2)));
        --inside;
    };
    for (int i = 0; i < 16; ++i) group.spawn(job(i));
    test::run(context, group.join());
    CHECK(most == 2);
    CHECK(std::is_sorted(order.begin(), order.end()));
    CHECK(order.size() == 16);
}

TEST_CASE("who gives up at the gate lets the others pass")
{
    boost::asio::io_context context(1);
    StartGate gate(context.get_executor(), 1);
    TaskGroup waiting(context.get_executor());
    const bool second = test::run(context, [](StartGate& at, TaskGroup& group) -> boost::asio::awaitable<bool> {
        std::optional<StartGate::Permit> first;
        first.emplace(co_await at.enter(soon()));
        group.spawn([](StartGate& inner) -> boost::asio::awaitable<void> {
            const StartGate::Permit permit = co_await inner.enter(never());
        }(at));
        try {
            const StartGate::Permit late = co_await at.enter(in(std::chrono::milliseconds(20)));
            co_return false;
        } catch (const std::system_error& error) {
            if (error.code() != Failure::timed_out) co_return false;
        }
        group.cancel();
        co_await group.join();
        first.reset();
        const StartGate::Permit next = co_await at.enter(soon());
        co_return at.waiting() == 0;
    }(gate, waiting));
    CHECK(second);
}
