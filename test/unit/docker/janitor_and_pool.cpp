#include "docker/janitor.h"
#include "docker/network_pool.h"
#include "docker/sweep.h"
#include "fake_engine.h"
#include "net/failure.h"

using namespace ysnp;
using namespace ysnp::docker;

namespace {

Reply gone() { return raw("HTTP/1.1 204 No Content\r\n\r\n"); }

JanitorOptions quick(std::vector<std::string>& left)
{
    JanitorOptions options;
    options.first_pause = std::chrono::milliseconds(1);
    options.longest_pause = std::chrono::milliseconds(4);
    options.left_behind = [&left](std::string_view object, std::string_view why) {
        left.push_back(std::string(object) + ": " + std::string(why));
    };
    return options;
}

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

TEST_CASE("a handover queues the removal and the janitor tries until it is gone [DK099] [DK177] [DK178]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    std::vector<std::string> left;
    Janitor janitor(fake.context.get_executor(), engine, quick(left));
    fake.on("DELETE /containers/c", json(500, R"({"message":"device busy"})"));
    fake.on("DELETE /containers/c", json(409, R"({"message":"already in progress"})"));
    fake.on("DELETE /containers/c", json(404, "{}"));
    fake.on("DELETE /volumes/v", json(409, R"({"message":"volume is in use"})"));
    fake.on("DELETE /volumes/v", gone());
    {
        const auto container = janitor.removes(ContainerId{"c"});
        const auto volume = janitor.removes(VolumeName{"v"});
        auto kept = janitor.removes(VolumeName{"kept"});
        kept.release();
        CHECK(janitor.pending() == 0);
    }
    CHECK(janitor.pending() == 2);
    fake.run(janitor.join(soon()));
    CHECK(fake.count("DELETE /containers/c") == 3);
    CHECK(fake.count("DELETE /volumes/v") == 2);
    CHECK(fake.count("DELETE /volumes/kept") == 0);
    CHECK(left.empty());
}

TEST_CASE("a network with endpoints is emptied by force first [DK106]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    std::vector<std::string> left;
    Janitor janitor(fake.context.get_executor(), engine, quick(left));
    fake.on("DELETE /networks/n", json(403, R"({"message":"network has active endpoints"})"));
    fake.on("DELETE /networks/n", gone());
    fake.on("GET /networks/n", json(200, R"({"Id":"n","Containers":{"c9":{}}})"));
    fake.on("POST /networks/n/disconnect", json(200, ""));
    janitor.remove(NetworkId{"n"});
    fake.run(janitor.join(soon()));
    CHECK(fake.request("POST /networks/n/disconnect").body == R"({"Container":"c9","Force":true})");
    CHECK(fake.count("DELETE /networks/n") == 2);
}

TEST_CASE("what cannot be removed is told, and the shutdown does not wait for ever [DK178]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    std::vector<std::string> left;
    Janitor janitor(fake.context.get_executor(), engine, quick(left));
    fake.on("DELETE /containers/c", json(500, R"({"message":"device busy"})"));
    fake.on("DELETE /volumes/v", silence());
    janitor.remove(ContainerId{"c"});
    janitor.remove(VolumeName{"v"});
    fake.run(janitor.join(in(std::chrono::milliseconds(60))));
    CHECK(janitor.pending() == 0);
    REQUIRE(left.size() == 2);
    CHECK((left[0] + left[1]).find("container c: ") != std::string::npos);
    CHECK((left[0] + left[1]).find("device busy") != std::string::npos);
}

TEST_CASE("a container whose create stayed without an answer goes when the Engine makes it after all [DK131]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    std::vector<std::string> left;
    JanitorOptions options = quick(left);
    options.second_looks = {std::chrono::milliseconds(1), std::chrono::milliseconds(2)};
    Janitor janitor(fake.context.get_executor(), engine, options);
    fake.on("DELETE /containers/ysnp-1-x", json(404, "{}"));
    fake.on("DELETE /containers/ysnp-1-x", json(404, "{}"));
    fake.on("DELETE /containers/ysnp-1-x", gone());
    janitor.reconcile("ysnp-1-x");
    fake.run([](Janitor& busy) -> boost::asio::awaitable<void> {
        while (busy.pending() > 0) co_await sleep_until(in(std::chrono::milliseconds(2)));
    }(janitor));
    CHECK(fake.count("DELETE /containers/ysnp-1-x") == 3);
    fake.run(janitor.join(soon()));
    CHECK(left.empty());
}

TEST_CASE("a shutdown does not wait for a container that may never come: it looks once more [DK131]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    std::vector<std::string> left;
    JanitorOptions options = quick(left);
    options.second_looks = {std::chrono::minutes(10)};
    Janitor janitor(fake.context.get_executor(), engine, options);
    fake.on("DELETE /containers/ysnp-1-x", json(404, "{}"));
    janitor.reconcile("ysnp-1-x");
    fake.run(janitor.join(soon()));
    CHECK(fake.count("DELETE /containers/ysnp-1-x") == 2);
    CHECK(left.empty());
}

TEST_CASE("the sweep takes what is ours and not adopted, whatever the Engine lists [DK183] [DK184] [AC-D15]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    const std::string ours = R"("ysnp.runner":"r","ysnp.system":"s")";
    fake.on(
        "GET /containers/json",
        json(200, R"([{"Id":"c1","Labels":{)" + ours + R"(,"ysnp.job":"1"}},{"Id":"c2","Labels":{)" + ours +
                      R"(,"ysnp.job":"2"}},{"Id":"x","Labels":{"ysnp.runner":"r","ysnp.system":"t"}},{"Id":"y"}])"));
    fake.on("GET /volumes", json(200, R"({"Volumes":[{"Name":"v1","Labels":{)" + ours +
                                          R"(,"ysnp.job":"1"}},{"Name":"w","Labels":null}]})"));
    fake.on("GET /networks", json(200, R"([{"Id":"n1","Labels":{)" + ours + "}}]"));
    for (const char* path : {"DELETE /containers/c2", "DELETE /networks/n1"}) fake.on(path, gone());
    std::vector<std::string> left;
    Janitor janitor(fake.context.get_executor(), engine, quick(left));
    const Leftovers found = fake.run(find_leftovers(engine, {"r", "s"}, soon()));
    CHECK(found.containers.size() == 2);
    CHECK(found.volumes.size() == 1);
    CHECK(remove_leftovers(found, {1}, janitor) == 2);
    fake.run(janitor.join(soon()));
    CHECK(fake.count("DELETE /containers/c2") == 1);
    CHECK(fake.count("DELETE /containers/c1") == 0);
    CHECK(
        fake.request("GET /containers/json").target ==
        "/v1.41/containers/json?all=1&filters=%7B%22label%22%3A%5B%22ysnp.runner%3Dr%22%2C%22ysnp.system%3Ds%22%5D%7D");
}

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
