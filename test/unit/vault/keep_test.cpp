#include "test/unit/vault/fixture.h"

using namespace ysnp;
using namespace ysnp::test;

TEST_CASE("a login is renewed before it ends, and replaced where it cannot be renewed")
{
    for (const bool renewable : {true, false}) {
        on_loop([renewable](asio::any_io_executor executor) -> asio::awaitable<void> {
            FakeVaultOptions options;
            options.lease = 1s;
            options.renewable = renewable;
            Pair pair(executor, options);
            TaskGroup tasks(executor);
            tasks.spawn(pair.client.keep_login());
            const Deadline limit = in(10s);
            const auto done = [&] { return renewable ? pair.fake.renewals() >= 2 : pair.fake.logins() >= 3; };
            while (!done() && std::chrono::steady_clock::now() < limit) co_await sleep_until(in(10ms));
            CHECK(done());
            CHECK((!renewable || pair.fake.logins() == 1));
            tasks.cancel();
            co_await tasks.join();
        });
    }
}

TEST_CASE("a renewal that is refused is told, and the next login repairs it")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVaultOptions options;
        options.lease = 1s;
        std::string heard;
        Pair pair(executor, options,
                  [&heard](vault::Options& given) { given.warn = [&heard](std::string_view text) { heard += text; }; });
        pair.fake.add_fault(
            {.path = "*/renew-self", .times = -1, .status = 403, .body = R"({"errors":["permission denied"]})"});
        TaskGroup tasks(executor);
        tasks.spawn(pair.client.keep_login());
        const Deadline limit = in(10s);
        while (pair.fake.logins() < 2 && std::chrono::steady_clock::now() < limit) co_await sleep_until(in(10ms));
        CHECK(pair.fake.logins() >= 2);
        CHECK(heard.find("renewing our token") != std::string::npos);
        CHECK(heard.find("hvs.") == std::string::npos);
        tasks.cancel();
        co_await tasks.join();
    });
}

TEST_CASE("cancelling somebody's login lets the next one log in")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        Pair pair(executor);
        pair.fake.put("a", R"({"a":1})");
        pair.fake.add_fault({.path = "*/login", .delay = 10s});
        TaskGroup first(executor), second(executor);
        const auto read = [](vault::Client& client, bool& done) -> asio::awaitable<void> {
            co_await client.read("a", soon());
            done = true;
        };
        bool one = false, two = false;
        first.spawn(read(pair.client, one));
        co_await sleep_until(in(20ms));
        second.spawn(read(pair.client, two));
        co_await sleep_until(in(20ms));
        first.cancel();
        co_await first.join();
        co_await second.join();
        CHECK_FALSE(one);
        CHECK(two);
    });
}

TEST_CASE("a lease that ends before its answer comes is a fault, not a reason to log in again and again")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        FakeVaultOptions options;
        options.lease = 1s;
        Pair pair(executor, options);
        pair.fake.put("a", R"({"a":1})");
        pair.fake.add_fault({.path = "*/login", .times = -1, .delay = 1100ms});
        std::string why;
        try {
            co_await pair.client.read("a", in(10s));
        } catch (const vault::Fault& fault) {
            why = fault.found();
        }
        CHECK(why == "a token whose lease had ended when it came");
        CHECK(pair.fake.logins() == 1);
    });
}
