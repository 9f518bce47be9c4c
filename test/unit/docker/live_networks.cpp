#include "docker/image.h"
#include "docker/janitor.h"
#include "docker/network_pool.h"
#include "docker/sweep.h"
#include "live_engine.h"
#include <set>

using namespace ysnp;
using namespace ysnp::docker;
namespace asio = boost::asio;

namespace {

Deadline soon() { return in(std::chrono::seconds(60)); }

NetworkPoolOptions options_for(const LiveEngine& live, const char* range)
{
    NetworkPoolOptions options;
    options.range = range;
    options.spare = 1;
    options.owner = live.owner;
    return options;
}

} // namespace

TEST_CASE("live: two pools of one range never share a subnet, and leave nothing [DK103] [DK104] [DK192]")
{
    LiveEngine live;
    NetworkPool one(live.context.get_executor(), live.engine, options_for(live, "10.209.77.0/26"));
    NetworkPool two(live.context.get_executor(), live.engine, options_for(live, "10.209.77.0/26"));
    const std::size_t subnets =
        live.run([](LiveEngine& on, NetworkPool& a, NetworkPool& b) -> asio::awaitable<std::size_t> {
            std::set<std::string> seen;
            const NetworkPool::Lease first = co_await a.take(soon());
            const NetworkPool::Lease second = co_await b.take(soon());
            for (const auto* lease : {&first, &second}) {
                const auto info = co_await on.engine.inspect_network(lease->id(), soon());
                if (info) seen.insert(info->subnets.begin(), info->subnets.end());
            }
            co_return seen.size();
        }(live, one, two));
    CHECK(subnets == 2);
    live.run(one.stop(soon()));
    live.run(two.stop(soon()));
    CHECK(live.run(live.engine.list_networks(owner_labels(live.owner), soon())).empty());
}

TEST_CASE("live: a network is not free while a created container names it, nor while one runs in it")
{
    LiveEngine live;
    Janitor janitor(live.context.get_executor(), live.engine);
    const NetworkSpec wanted{random_name("unit"), "10.209.78.0/28", owner_labels(live.owner)};
    const NetworkId network = live.run(live.engine.create_network(wanted, soon()));
    ContainerSpec spec = live.spec({"sleep", "60"});
    spec.network = JoinNetwork{network.value, {"build"}};
    const Created created = live.run(live.engine.create(spec, soon()));
    CHECK(drift(spec, *live.run(live.engine.inspect(created.id, soon()))).empty());
    const auto info = live.run(live.engine.inspect_network(network, soon()));
    REQUIRE(info);
    CHECK(info->attached.empty());
    CHECK(live.run(live.engine.list_attached(*info, soon())).size() == 1);
    live.run(live.engine.start(created.id, soon()));
    CHECK(live.run(live.engine.inspect_network(network, soon()))->attached.size() == 1);
    CHECK(live.run(live.engine.remove_network(network, soon())) == Removal::in_use);
    janitor.remove(network); // [DK106]
    janitor.remove(created.id);
    live.run(janitor.join(soon()));
    CHECK(!live.run(live.engine.inspect_network(network, soon())));
}

TEST_CASE("live: the Engine's answer to an overlap is recognised [DK104]")
{
    LiveEngine live;
    Janitor janitor(live.context.get_executor(), live.engine);
    const NetworkSpec wanted{random_name("unit"), "10.209.79.0/28", owner_labels(live.owner)};
    const NetworkId network = live.run(live.engine.create_network(wanted, soon()));
    bool taken = false;
    try {
        live.run(live.engine.create_network({random_name("unit"), "10.209.79.0/28", owner_labels(live.owner)}, soon()));
    } catch (const EngineError& error) {
        taken = subnet_taken(error);
    }
    CHECK(taken);
    janitor.remove(network);
    live.run(janitor.join(soon()));
}

TEST_CASE("live: a crash's leftovers are found by their labels and removed, others' stay [DK183] [DK184]")
{
    LiveEngine live;
    Janitor janitor(live.context.get_executor(), live.engine);
    ContainerSpec theirs = live.spec({"true"});
    theirs.labels = owner_labels({"unit", "another-system"});
    const Created other = live.run(live.engine.create(theirs, soon()));
    live.run(live.engine.create(live.spec({"true"}), soon()));
    live.run(live.engine.create_volume({random_name("unit")}, owner_labels(live.owner), soon()));
    const Leftovers found = live.run(find_leftovers(live.engine, live.owner, soon()));
    CHECK(found.containers.size() == 1);
    CHECK(found.volumes.size() == 1);
    CHECK(remove_leftovers(found, {}, janitor) == 2);
    live.run(janitor.join(soon()));
    CHECK(live.run(find_leftovers(live.engine, live.owner, soon())).containers.empty());
    CHECK(live.run(live.engine.inspect(other.id, soon())).has_value());
    janitor.remove(other.id);
    live.run(janitor.join(soon()));
}

TEST_CASE("live: an unreachable registry is an external fault, a local image answers never [DK043] [DK046]")
{
    LiveEngine live;
    ImageResolver resolver(live.context.get_executor(), live.engine,
                           {2, std::chrono::milliseconds(1), std::chrono::milliseconds(2)});
    const Credentials nobody;
    std::vector<std::string> lines;
    const auto trace = [&lines](Tone, std::string_view line) { lines.emplace_back(line); };
    CHECK(live.run(resolver.resolve({"ysnp-unit-test:1", {}, {PullPolicy::never}}, nobody, trace, soon())).info.id ==
          live.image);
    try {
        live.run(resolver.resolve({"127.0.0.1:1/x", {}, {PullPolicy::always}}, nobody, trace, soon()));
        FAIL("pulled");
    } catch (const EngineError& error) {
        INFO(error.what());
        CHECK(error.reason() == FailureReason::external);
    }
    live.run(resolver.stop());
}

TEST_CASE("live: info names the runtimes of this Engine [DK147]")
{
    LiveEngine live;
    const EngineInfo info = live.run(live.engine.info(soon()));
    CHECK(std::find(info.runtimes.begin(), info.runtimes.end(), "runc") != info.runtimes.end());
    CHECK(info.os_type == "linux");
}
