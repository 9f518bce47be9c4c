#include "docker/network_pool.h"
#include "fake_engine.h"
#include "net/failure.h"

using namespace ysnp;
using namespace ysnp::docker;

namespace {

NetworkPoolOptions small_pool(const char* range = "10.213.0.0/24")
{
    NetworkPoolOptions options;
    options.range = range;
    options.spare = 0;
    options.owner = {"r", "s"};
    options.recheck = std::chrono::milliseconds(1);
    return options;
}

/// Networks n1, n2, … ; every one of them can be removed and has nothing attached.
void script_networks(FakeEngine& fake, int& made)
{
    fake.on("POST /networks/create", [&made](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        const std::string bytes = test::json_reply(201, "{\"Id\":\"n" + std::to_string(++made) + "\"}");
        co_await peer.send(bytes);
    });
    for (int i = 1; i <= 9; ++i) {
        const std::string id = "n" + std::to_string(i);
        fake.on("GET /networks/" + id, json(200, "{\"Id\":\"" + id + "\",\"Containers\":{}}"));
        fake.on("DELETE /networks/" + id, gone());
    }
    fake.on("GET /containers/json", json(200, "[]"));
}

boost::asio::awaitable<void> until_idle(NetworkPool& pool, std::size_t count)
{
    for (int i = 0; i < 1000 && pool.idle() < count; ++i) co_await sleep_until(in(std::chrono::milliseconds(5)));
}

boost::asio::awaitable<std::string> take_and_return(NetworkPool& pool)
{
    const NetworkPool::Lease lease = co_await pool.take(soon());
    co_return lease.id().value;
}

} // namespace

TEST_CASE("the pool prepares networks ahead and hands them out at once [DK103] [DK107]")
{
    FakeEngine fake;
    int made = 0;
    script_networks(fake, made);
    Engine engine = fake.engine();
    auto options = small_pool();
    options.spare = 2;
    NetworkPool pool(fake.context.get_executor(), engine, options);
    pool.start();
    fake.run(until_idle(pool, 2));
    CHECK(pool.idle() == 2);
    const std::string body = fake.request("POST /networks/create").body;
    CHECK(body.find("\"Subnet\":\"10.213.0.") != std::string::npos);
    CHECK(body.find("\"ysnp.runner\":\"r\"") != std::string::npos);
    {
        const NetworkPool::Lease lease = fake.run(pool.take(soon()));
        CHECK(lease.id().value.starts_with("n"));
        CHECK(pool.idle() == 1);
        fake.run(until_idle(pool, 2)); // the next spare one, after a pause
        CHECK(made == 3);
    }
    fake.run(pool.stop(soon())); // [DK192]
    CHECK(pool.idle() == 0);
    for (int i = 1; i <= made; ++i) CHECK(fake.count("DELETE /networks/n" + std::to_string(i)) == 1);
}

TEST_CASE("a spare network that somebody removed is not handed out [AC-D10]")
{
    FakeEngine fake;
    int made = 0;
    script_networks(fake, made);
    Engine engine = fake.engine();
    auto options = small_pool();
    options.spare = 2;
    NetworkPool pool(fake.context.get_executor(), engine, options);
    pool.start();
    fake.run(until_idle(pool, 2));
    for (const char* pruned : {"GET /networks/n1", "GET /networks/n2"})
        fake.replace(pruned, json(404, R"({"message":"network not found"})"));
    CHECK(fake.run(take_and_return(pool)) == "n3");
    fake.run(pool.stop(soon()));
}

TEST_CASE("a network comes back into use only when nothing is attached, started or not")
{
    FakeEngine fake;
    int made = 0;
    script_networks(fake, made);
    fake.replace("GET /networks/n1", json(200, R"({"Id":"n1","Containers":{"c":{}}})"));
    fake.on("GET /networks/n1", json(200, R"({"Id":"n1","Containers":{}})"));
    fake.replace("GET /containers/json", json(200, R"([{"Id":"created"}])"));
    fake.on("GET /containers/json", json(200, "[]"));
    Engine engine = fake.engine();
    NetworkPool pool(fake.context.get_executor(), engine, small_pool("10.213.0.0/28"));
    CHECK(fake.run(take_and_return(pool)) == "n1");
    CHECK(fake.run(take_and_return(pool)) == "n1"); // waited until it was free: there is only one subnet [DK104]
    CHECK(fake.count("GET /networks/n1") >= 3);
    CHECK(fake.count("GET /containers/json") >= 2);
    CHECK(made == 1);
    fake.run(pool.stop(soon()));
}

TEST_CASE("a subnet that somebody has is skipped; a full range is waited for, not failed [DK104] [DK105]")
{
    FakeEngine fake;
    int made = 0;
    fake.on("POST /networks/create", json(403, R"({"message":"Pool overlaps with other one on this address space"})"));
    fake.on("POST /networks/create",
            json(404, R"({"message":"could not find an available, non-overlapping IPv4 address pool"})"));
    script_networks(fake, made);
    Engine engine = fake.engine();
    NetworkPool pool(fake.context.get_executor(), engine, small_pool("10.213.0.0/26"));
    fake.run([](NetworkPool& from) -> boost::asio::awaitable<void> {
        const NetworkPool::Lease one = co_await from.take(soon());
        const NetworkPool::Lease two = co_await from.take(soon());
        CHECK(one.id() != two.id());
    }(pool));
    CHECK(fake.count("POST /networks/create") == 4);
    fake.run(pool.stop(soon()));
}

TEST_CASE("waiting for a network ends at the deadline, and another failure is told to who waits")
{
    FakeEngine fake;
    int made = 0;
    fake.on("POST /networks/create", json(500, R"({"message":"iptables failed"})"));
    script_networks(fake, made);
    Engine engine = fake.engine();
    NetworkPool pool(fake.context.get_executor(), engine, small_pool("10.213.0.0/28"));
    CHECK(error_of(fake, take_and_return(pool)).message() == "iptables failed");
    const bool timed_out = fake.run([](NetworkPool& from) -> boost::asio::awaitable<bool> {
        const NetworkPool::Lease one = co_await from.take(soon());
        try {
            const NetworkPool::Lease two = co_await from.take(in(std::chrono::milliseconds(50)));
        } catch (const std::system_error& error) {
            co_return error.code() == Failure::timed_out;
        }
        co_return false;
    }(pool));
    CHECK(timed_out);
    fake.run(pool.stop(soon()));
}

TEST_CASE("a lease that outlives its pool is left to the next start")
{
    FakeEngine fake;
    int made = 0;
    script_networks(fake, made);
    Engine engine = fake.engine();
    std::optional<NetworkPool::Lease> lease;
    {
        NetworkPool pool(fake.context.get_executor(), engine, small_pool());
        lease.emplace(fake.run(pool.take(soon())));
        fake.run(pool.stop(soon()));
        CHECK_THROWS_AS(fake.run(pool.take(soon())), std::system_error);
    }
    lease.reset();
    CHECK(fake.count("DELETE /networks/n1") == 0);
}
