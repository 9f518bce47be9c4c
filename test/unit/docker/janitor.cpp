#include "docker/janitor.h"
#include "docker/sweep.h"
#include "fake_engine.h"
#include "net/failure.h"

using namespace ysnp;
using namespace ysnp::docker;

namespace {

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
