#include "docker/janitor.h"
#include "fake_engine.h"
#include "net/failure.h"

using namespace ysnp;
using namespace ysnp::docker;

namespace {

Reply gone() { return raw("HTTP/1.1 204 No Content\r\n\r\n"); }

/// A container that uses a volume, in an Engine that lets both go.
struct Scene {
    Scene()
    {
        fake.on("DELETE /containers/c", gone());
        fake.on("DELETE /volumes/v", gone());
        fake.on("POST /containers/c/wait", json(200, R"({"StatusCode":0,"Error":null})"));
    }

    Janitor::Belongings volume()
    {
        return std::make_shared<Janitor::Handover<VolumeName>>(janitor.removes(VolumeName{"v"}));
    }

    FakeEngine fake;
    Engine engine = fake.engine();
    std::vector<std::string> left;
    Janitor janitor{fake.context.get_executor(), engine, {.left_behind = [this](std::string_view object, auto) {
                        left.push_back(std::string(object));
                    }}};
};

} // namespace

TEST_CASE("a retired container ends by itself, is removed, and only then what it used")
{
    Scene scene;
    auto farewell = [&scene](Deadline until) { return scene.engine.until_stopped(ContainerId{"c"}, until); };
    scene.janitor.retire(ContainerId{"c"}, farewell, scene.volume());
    CHECK(scene.janitor.pending() == 1);
    scene.fake.run(scene.janitor.join(soon()));
    CHECK(scene.fake.calls() == std::vector<std::string>{"POST /v1.41/containers/c/wait?condition=not-running",
                                                         "DELETE /v1.41/containers/c?force=1&v=1",
                                                         "DELETE /v1.41/volumes/v"});
    CHECK(scene.left.empty());
}

TEST_CASE("a container whose farewell fails goes by force [DK099]")
{
    Scene scene;
    auto farewell = [](Deadline) -> boost::asio::awaitable<void> {
        throw std::system_error(make_error_code(Error::unexpected_end), "its agent is gone");
        co_return;
    };
    scene.janitor.retire(ContainerId{"c"}, farewell, scene.volume());
    scene.fake.run(scene.janitor.join(soon()));
    CHECK(scene.fake.count("DELETE /containers/c") == 1);
    CHECK(scene.fake.count("DELETE /volumes/v") == 1);
}

TEST_CASE("a shutdown does not wait for a farewell, and tells everything that stays [DK178]")
{
    Scene scene;
    auto farewell = [](Deadline until) { return sleep_until(until); };
    scene.janitor.retire(ContainerId{"c"}, farewell, scene.volume());
    scene.fake.run(scene.janitor.join(in(std::chrono::milliseconds(50))));
    CHECK(scene.janitor.pending() == 0);
    CHECK(scene.left == std::vector<std::string>{"container c", "volume v"});
    CHECK(scene.fake.calls().empty());
}

TEST_CASE("a container that is gone has stopped")
{
    Scene scene;
    scene.fake.replace("POST /containers/c/wait", json(404, R"({"message":"No such container"})"));
    scene.fake.run(scene.engine.until_stopped(ContainerId{"c"}, soon()));
    CHECK(scene.fake.count("POST /containers/c/wait") == 1);
}
