#include "net/all_of.h"
#include "net/failure.h"
#include "net/wait.h"
#include "test/double/run.h"
#include <catch2/catch_test_macros.hpp>
#include <stdexcept>
#include <string>

using namespace ysnp;
using namespace std::chrono_literals;
using boost::asio::awaitable;

namespace {

awaitable<void> waits() { co_await sleep_until(in(10s)); }

awaitable<void> fails(const char* why)
{
    co_await sleep_until(in(5ms));
    throw std::runtime_error(why);
}

awaitable<void> counts(int& done)
{
    co_await sleep_until(in(1ms));
    ++done;
}

std::string error_of(awaitable<void> work)
{
    try {
        test::run(std::move(work));
    } catch (const std::exception& error) {
        return error.what();
    }
    return "";
}

} // namespace

TEST_CASE("of operations side by side the one that failed tells why, wherever it stands")
{
    CHECK(error_of(all_of(waits(), waits(), fails("the disk is full"))) == "the disk is full");
    CHECK(error_of(all_of(fails("the disk is full"), waits(), waits())) == "the disk is full");
    CHECK(error_of(all_of(waits(), fails("the disk is full"))) == "the disk is full");
}

TEST_CASE("operations side by side are all waited for")
{
    int done = 0;
    CHECK(error_of(all_of(counts(done), counts(done), counts(done))).empty());
    CHECK(done == 3);
}

TEST_CASE("who cancels operations side by side hears that they were")
{
    test::run([]() -> awaitable<void> {
        const auto short_time = []() -> awaitable<void> { co_await sleep_until(in(5ms)); };
        using namespace boost::asio::experimental::awaitable_operators;
        const auto first = co_await (all_of(waits(), waits()) || short_time());
        CHECK(first.index() == 1);
    }());
}
