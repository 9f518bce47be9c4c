#include "asked.h"
#include "net/task_group.h"
#include "vault/client.h"

using namespace ysnp;
using namespace ysnp::policy;
using namespace ysnp::policy::sample;

namespace {

/// Two earlier requests whose answers a job needs both, each with one use; what was taken of them.
struct TwoEarlier {
    TwoEarlier(asio::any_io_executor executor, int kv) : world(executor, kv)
    {
        decision.earlier_requests = {checks::request_id(700, request(700).digest),
                                     checks::request_id(701, request(701).digest)};
        decision.approval.max_uses = 1;
    }
    std::string used(std::size_t which) const
    {
        return hello.text() + "/approvals/" + decision.earlier_requests[which] + "/used/1";
    }
    asio::awaitable<bool> taken(std::size_t which)
    {
        const auto executor = co_await asio::this_coro::executor;
        vault::Client client(executor, world.options(10s));
        const vault::Document document = co_await client.read(used(which), in(10s));
        co_return document.text.has_value();
    }
    asio::awaitable<bool> use() { co_return co_await world.approvals.use(world.asked, decision, in(10s)); }

    Asked world;
    checks::Decision decision;
};

} // namespace

TEST_CASE("a job takes a use of each approval that it needs, or none: what was taken is given back [AC-L09]")
{
    for (const int kv : {1, 2}) {
        on_loop([kv](asio::any_io_executor executor) -> asio::awaitable<void> {
            TwoEarlier two(executor, kv);
            co_await two.world.ask();
            two.world.fake.put(two.used(1), R"({"job_id":7})"); // another job's
            bool served = co_await two.use();
            CHECK_FALSE(served);
            bool first = co_await two.taken(0);
            CHECK_FALSE(first);
            if (kv == 2) { // the same, but it is taken between our look and our write
                two.world.fake.add_fault(
                    {.path = "*/used", .times = 2, .status = 200, .body = R"({"data":{"keys":[]}})"});
                served = co_await two.use();
                CHECK_FALSE(served);
                first = co_await two.taken(0);
                CHECK_FALSE(first);
                const bool theirs = co_await two.taken(1);
                CHECK(theirs);
            }
            two.world.fake.forget(two.used(1));
            two.world.fake.add_fault({.path = "*/" + two.used(1), .times = 9, .status = 503, .body = "{}"});
            const std::string why = co_await fault(two.use());
            CHECK_FALSE(why.empty());
            two.world.fake.clear_faults();
            first = co_await two.taken(0);
            CHECK_FALSE(first);
            served = co_await two.use();
            CHECK(served);
            first = co_await two.taken(0);
            CHECK(first);
        });
    }
}

TEST_CASE("a job that is stopped while it takes uses gives them back, and nobody else's")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        TwoEarlier two(executor, 2);
        co_await two.world.ask();
        two.world.fake.add_fault({.path = "*/" + two.used(1), .times = 1, .delay = 10s});
        TaskGroup tasks(executor);
        tasks.spawn([](TwoEarlier& of) -> asio::awaitable<void> { co_await of.use(); }(two));
        bool first = false;
        for (const Deadline limit = in(10s); !first && std::chrono::steady_clock::now() < limit;) {
            const bool now = co_await two.taken(0);
            first = now;
        }
        CHECK(first);
        two.world.fake.put(two.used(1), R"({"job_id":7,"nonce":"another"})");
        tasks.cancel();
        co_await tasks.join();
        first = co_await two.taken(0);
        CHECK_FALSE(first);
        const bool theirs = co_await two.taken(1);
        CHECK(theirs);
    });
}

TEST_CASE("a use that may not be given back is told, with the right that is missing")
{
    on_loop([](asio::any_io_executor executor) -> asio::awaitable<void> {
        TwoEarlier two(executor, 2);
        co_await two.world.ask();
        two.world.fake.put(two.used(1), R"({"job_id":7})");
        two.world.fake.add_fault({.path = "*/used", .times = 2, .status = 200, .body = R"({"data":{"keys":[]}})"});
        two.world.fake.add_fault(
            {.path = "*/metadata/" + two.used(0), .times = 1, .status = 403, .body = R"({"errors":["no"]})"});
        std::string remedy;
        try {
            co_await two.use();
        } catch (const StoreFault& fault) {
            remedy = fault.remedy();
        }
        CHECK(contains(remedy, "delete on cicd/metadata/" + two.used(0)));
    });
}
