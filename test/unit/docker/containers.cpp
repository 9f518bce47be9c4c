#include "docker/labels.h"
#include "fake_engine.h"
#include "net/failure.h"
#include "net/task_group.h"

using namespace ysnp;
using namespace ysnp::docker;

namespace {

ContainerSpec spec()
{
    ContainerSpec result;
    result.name = "ysnp-job-abc";
    result.image.value = "sha256:1";
    result.labels = {{"ysnp.job", "7"}};
    result.host = host_settings(Options{});
    return result;
}

std::string inspection(const char* image = "sha256:1", const char* job = "7", const char* status = "created")
{
    return std::string(R"({"Id":"c1","Name":"/ysnp-job-abc","Image":")") + image + R"(","State":{"Status":")" + status +
           R"("},"Config":{"Labels":{"ysnp.job":")" + job + "\"}}}";
}

const std::string by_name = "GET /containers/ysnp-job-abc/json";

std::string frame(std::string payload)
{
    std::string bytes("\1\0\0\0\0\0\0", 7);
    return bytes + static_cast<char>(payload.size()) + payload;
}

} // namespace

TEST_CASE("create sends one call and hands on the Engine's warnings [DK132] [AC-D03]")
{
    FakeEngine fake;
    fake.on("POST /containers/create", json(201, R"({"Id":"c1","Warnings":["no swap limit"]})"));
    Engine engine = fake.engine();
    const Created created = fake.run(engine.create(spec(), soon()));
    CHECK(created.id.value == "c1");
    CHECK(created.warnings == std::vector<std::string>{"no swap limit"});
    CHECK(fake.calls() == std::vector<std::string>{"POST /v1.41/containers/create?name=ysnp-job-abc"});
    CHECK(fake.request("POST /containers/create").header("Content-Type") == "application/json");
}

TEST_CASE("a lost answer to create is settled by name: adopted, not asked for again [DK131] [DK012]")
{
    FakeEngine fake;
    fake.on("POST /containers/create", cut());
    fake.on(by_name, json(200, inspection()));
    Engine engine = fake.engine();
    CHECK(fake.run(engine.create(spec(), soon())).id.value == "c1");
    CHECK(fake.calls().back().starts_with("GET /v1.41/containers/ysnp-job-abc/json"));
}

TEST_CASE("a lost create that took no effect is asked for once more [DK131]")
{
    FakeEngine fake;
    fake.on("POST /containers/create", cut());
    fake.on("POST /containers/create", json(201, R"({"Id":"c2"})"));
    fake.on(by_name, json(404, R"({"message":"No such container"})"));
    Engine engine = fake.engine();
    fake.run(engine.negotiate(soon()));
    CHECK(fake.run(engine.create(spec(), soon())).id.value == "c2");
}

TEST_CASE("a name that somebody else has is never taken over [DK128] [DK129] [AC-D08]")
{
    const std::string conflict = R"({"message":"Conflict. The container name is already in use"})";
    for (const std::string& theirs :
         {inspection("sha256:1", "8"), inspection("sha256:2"), inspection("sha256:1", "7", "running")}) {
        FakeEngine fake;
        fake.on("POST /containers/create", json(409, conflict));
        fake.on(by_name, json(200, theirs));
        Engine engine = fake.engine();
        const EngineError error = error_of(fake, engine.create(spec(), soon()));
        CHECK(error.code() == Failure::conflict);
        CHECK(fake.count("DELETE /containers/c1") == 0);
    }
    FakeEngine fake; // ours: the transport asked twice
    fake.on("POST /containers/create", json(409, conflict));
    fake.on(by_name, json(200, inspection()));
    Engine engine = fake.engine();
    CHECK(fake.run(engine.create(spec(), soon())).id.value == "c1");
}

TEST_CASE("create's 400 is the configuration's fault, with the daemon's text [DK130]")
{
    FakeEngine fake;
    fake.on("POST /containers/create", json(400, R"({"message":"invalid environment variable: =x"})"));
    Engine engine = fake.engine();
    const EngineError error = error_of(fake, engine.create(spec(), soon()));
    CHECK(error.reason() == FailureReason::configuration);
    CHECK(error.message() == "invalid environment variable: =x");
    CHECK(error.status() == 400);
}

TEST_CASE("start maps its refusals, and an already started container is an error [DK133] [DK135] [DK137]")
{
    FakeEngine fake;
    fake.on("POST /containers/c1/start", json(404, R"({"message":"network x not found"})"));
    fake.on("POST /containers/c1/start",
            json(400, R"({"message":"exec: \"sh\": executable file not found in $PATH"})"));
    fake.on("POST /containers/c1/start", raw("HTTP/1.1 304 Not Modified\r\n\r\n"));
    Engine engine = fake.engine();
    CHECK(error_of(fake, engine.start({"c1"}, soon())).reason() == FailureReason::system);
    CHECK(error_of(fake, engine.start({"c1"}, soon())).reason() == FailureReason::configuration);
    CHECK(error_of(fake, engine.start({"c1"}, soon())).status() == 304);
}

TEST_CASE("wait says when it is registered, before the container has exited")
{
    FakeEngine fake;
    fake.on("POST /containers/c1/wait", [](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        const std::string head =
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
        co_await peer.send(head);
        co_await sleep_until(in(std::chrono::milliseconds(30)));
        const std::string tail = test::chunk(R"({"StatusCode":3,"Error":null})") + test::chunk({});
        co_await peer.send(tail);
    });
    Engine engine = fake.engine();
    Event registered(fake.context.get_executor());
    bool exited = false, early = false;
    TaskGroup group(fake.context.get_executor());
    group.spawn([](Event& event, bool& done, bool& first) -> boost::asio::awaitable<void> {
        const bool set = co_await event.wait(soon());
        first = set && !done;
    }(registered, exited, early));
    const Exit exit = fake.run([](Engine& from, Event& event, bool& done) -> boost::asio::awaitable<Exit> {
        const Exit result = co_await from.wait({"c1"}, event, soon());
        done = true;
        co_return result;
    }(engine, registered, exited));
    fake.run(group.join());
    CHECK(exit.code == 3);
    CHECK(early);
    CHECK(fake.calls().back() == "POST /v1.41/containers/c1/wait?condition=next-exit");
}

TEST_CASE("a wait without an exit code is never a success [DK169] [AC-D07]")
{
    FakeEngine fake;
    for (const char* body : {"", "{}", R"({"StatusCode":-1})", R"({"StatusCode":"0"})", R"({"StatusCode":null})", "[]"})
        fake.on("POST /containers/c1/wait", json(200, body));
    fake.on("POST /containers/c1/wait", json(404, R"({"message":"No such container"})"));
    Engine engine = fake.engine();
    Event registered(fake.context.get_executor());
    for (int i = 0; i < 6; ++i)
        CHECK(error_of(fake, engine.wait({"c1"}, registered, soon())).code() == Failure::protocol);
    CHECK(error_of(fake, engine.wait({"c1"}, registered, soon())).code() == Failure::missing); // [DK167]
}

TEST_CASE("a wait that nobody wants any more is cancelled and its connection closed [DK136]")
{
    FakeEngine fake;
    fake.on("POST /containers/c1/wait", silence());
    Engine engine = fake.engine();
    fake.run(engine.negotiate(soon()));
    Event registered(fake.context.get_executor());
    TaskGroup group(fake.context.get_executor());
    group.spawn([](Engine& from, Event& event) -> boost::asio::awaitable<void> {
        const Exit exit = co_await from.wait({"c1"}, event, never());
        (void)exit;
    }(engine, registered));
    fake.run(sleep_until(in(std::chrono::milliseconds(30))));
    group.cancel();
    fake.run(group.join());
    CHECK(group.size() == 0);
}

TEST_CASE("output that comes with the head of the attach reply is not lost, 101 or 200 [DK160] [DK161]")
{
    for (const char* head :
         {"HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\n"
          "Upgrade: tcp\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"}) {
        FakeEngine fake;
        fake.on("POST /containers/c1/attach",
                [head](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
                    const std::string bytes = head + frame("first") + frame("second");
                    co_await peer.send(bytes);
                    peer.close();
                });
        Engine engine = fake.engine();
        const std::string output = fake.run([](Engine& from) -> boost::asio::awaitable<std::string> {
            AttachedStream stream = co_await from.attach({"c1"}, soon());
            std::string all;
            for (;;) {
                const Piece piece = co_await stream.read(soon());
                if (piece.bytes.empty()) break;
                all += piece.bytes;
            }
            co_return all;
        }(engine));
        CHECK(output == "firstsecond");
        CHECK(fake.request("POST /containers/c1/attach").header("Upgrade") == "tcp");
    }
}

TEST_CASE("an attach that ends inside a frame is a truncated stream [DK156] [AC-D05]")
{
    FakeEngine fake;
    fake.on("POST /containers/c1/attach", [](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        const std::string bytes =
            "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n" + frame("whole").substr(0, 10);
        co_await peer.send(bytes);
        peer.close();
    });
    Engine engine = fake.engine();
    const EngineError error = error_of(fake, [](Engine& from) -> boost::asio::awaitable<void> {
        AttachedStream stream = co_await from.attach({"c1"}, soon());
        for (;;) {
            const Piece piece = co_await stream.read(soon());
            if (piece.bytes.empty()) break;
        }
    }(engine));
    CHECK(error.code() == Failure::protocol);
}

TEST_CASE("attach's refusals are plain text and mapped [DK162]")
{
    FakeEngine fake;
    fake.on("POST /containers/c1/attach", [](test::Peer& peer, const test::Recorded&) -> boost::asio::awaitable<void> {
        const std::string bytes = "HTTP/1.1 404 Not Found\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
                                  "No such container: c1\r\n"; // no length: the end of the connection ends it
        co_await peer.send(bytes);
        peer.close();
    });
    fake.on("POST /containers/c1/attach", json(409, R"({"message":"container is paused"})"));
    Engine engine = fake.engine();
    const EngineError missing = error_of(fake, engine.attach({"c1"}, soon()));
    CHECK(missing.code() == Failure::missing);
    CHECK(missing.message().starts_with("No such container: c1"));
    CHECK(error_of(fake, engine.attach({"c1"}, soon())).code() == Failure::conflict);
}

TEST_CASE("removal is by force and tells what is still going on [DK098] [DK177]")
{
    FakeEngine fake;
    fake.on("DELETE /containers/c1", json(409, R"({"message":"removal of container c1 is already in progress"})"));
    fake.on("DELETE /containers/c1", raw("HTTP/1.1 204 No Content\r\n\r\n"));
    fake.on("DELETE /containers/c1", json(404, R"({"message":"No such container: c1"})"));
    fake.on("DELETE /containers/c1", json(500, R"({"message":"device or resource busy"})"));
    Engine engine = fake.engine();
    CHECK(fake.run(engine.remove({"c1"}, soon())) == Removal::in_progress);
    CHECK(fake.run(engine.remove({"c1"}, soon())) == Removal::gone);
    CHECK(fake.run(engine.remove({"c1"}, soon())) == Removal::gone);
    CHECK(error_of(fake, engine.remove({"c1"}, soon())).status() == 500);
    CHECK(fake.calls().front() == "DELETE /v1.41/containers/c1?force=1&v=1");
}

TEST_CASE("archives go only to containers that were created here and never started [AC-D11]")
{
    FakeEngine fake;
    fake.on("POST /containers/create", json(201, R"({"Id":"c1"})"));
    fake.on("POST /containers/c1/start", raw("HTTP/1.1 204 No Content\r\n\r\n"));
    Engine engine = fake.engine();
    const auto no_tar = [] { return std::unique_ptr<net::BodySource>(); };
    CHECK(error_of(fake, engine.put_archive({"c1"}, "/", no_tar, soon())).code() == Failure::invalid);
    fake.run(engine.create(spec(), soon()));
    fake.run(engine.start({"c1"}, soon()));
    CHECK(error_of(fake, engine.put_archive({"c1"}, "/", no_tar, soon())).code() == Failure::invalid);
    CHECK(fake.count("PUT /containers/c1/archive") == 0);
}

TEST_CASE("names never change the path of a call [DK033]")
{
    FakeEngine fake;
    Engine engine = fake.engine();
    CHECK(!fake.run(engine.inspect({"../images/x?y#z"}, soon())));
    CHECK(fake.calls().back() == "GET /v1.41/containers/..%2Fimages%2Fx%3Fy%23z/json");
    CHECK(error_of(fake, engine.inspect({".."}, soon())).code() == Failure::invalid);
    for (const char* name : {"a/../b", "a?x", "a b", "a%2fb", ""})
        CHECK(error_of(fake, engine.inspect_image(name, soon())).code() == Failure::invalid);
}

TEST_CASE("a volume of somebody else is not ours because the Engine says 201 [DK096] [AC-D12]")
{
    FakeEngine fake;
    fake.on("POST /volumes/create", json(201, R"({"Name":"v","Labels":{"ysnp.job":"7"}})"));
    fake.on("POST /volumes/create", json(201, R"({"Name":"v","Labels":{"ysnp.job":"8"}})"));
    fake.on("POST /volumes/create", json(201, R"({"Name":"v","Labels":null})"));
    Engine engine = fake.engine();
    fake.run(engine.create_volume({"v"}, {{"ysnp.job", "7"}}, soon()));
    for (int i = 0; i < 2; ++i)
        CHECK(error_of(fake, engine.create_volume({"v"}, {{"ysnp.job", "7"}}, soon())).code() == Failure::conflict);
}
