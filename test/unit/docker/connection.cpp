#include "fake_engine.h"
#include "net/failure.h"

using namespace ysnp;
using namespace ysnp::docker;

namespace {

void speak(FakeEngine& fake, const char* newest, const char* oldest)
{
    fake.replace("HEAD /_ping", raw(test::reply(200, {}, {{"Api-Version", newest}})));
    fake.replace("GET /version", json(200, std::string(R"({"Os":"linux","ApiVersion":")") + newest +
                                               R"(","MinAPIVersion":")" + oldest + "\"}"));
}

} // namespace

TEST_CASE("an Engine of API 1.41 is spoken to in 1.41 [DK004]")
{
    FakeEngine fake;
    fake.on("GET /info", json(200, R"({"ID":"x","OSType":"linux","Runtimes":{"runc":{}},"NCPU":2})"));
    Engine engine = fake.engine();
    const EngineInfo info = fake.run(engine.info(soon()));
    CHECK(info.runtimes == std::vector<std::string>{"runc"});
    CHECK(fake.calls() == std::vector<std::string>{"GET /v1.41/info"});
}

TEST_CASE("a newer Engine is spoken to in the newest version that both know [DK005]")
{
    FakeEngine fake;
    speak(fake, "1.99", "1.44");
    Engine engine = fake.engine();
    const EngineVersion version = fake.run(engine.negotiate(soon()));
    CHECK(version.api >= ApiVersion{1, 44});
    CHECK(version.api < version.newest);
}

TEST_CASE("an Engine that is too old, too new or no Engine is refused with both numbers [DK006] [DK010] [AC-D14]")
{
    const auto refused = [](const char* newest, const char* oldest) {
        FakeEngine fake;
        speak(fake, newest, oldest);
        Engine engine = fake.engine();
        return error_of(fake, engine.negotiate(soon())).message();
    };
    CHECK(refused("1.40", "1.12").find("1.40 at most, at least 1.41") != std::string::npos);
    CHECK(refused("1.99", "1.98").find("1.98 at least, at most") != std::string::npos);
    for (const char* garbage : {"", "1", "1.", "one", "1.41x", "-1.41", "99999999999.1"})
        CHECK(refused(garbage, "1.12").find("Api-Version") != std::string::npos);
}

TEST_CASE("Podman and Windows engines are refused by name [DK016] [DK017] [AC-D14]")
{
    FakeEngine fake;
    fake.replace("GET /version",
                 json(200, R"({"Os":"linux","Version":"4.3","Components":[{"Name":"Podman Engine"}]})"));
    Engine engine = fake.engine();
    CHECK(error_of(fake, engine.negotiate(soon())).message().find("Podman 4.3") != std::string::npos);
    fake.replace("GET /version", json(200, R"({"Os":"windows"})"));
    CHECK(error_of(fake, engine.negotiate(soon())).message().find("windows") != std::string::npos);
}

TEST_CASE("a proxy that does not know HEAD is asked with GET [DK007]")
{
    for (const unsigned status : {404u, 405u}) {
        FakeEngine fake;
        fake.replace("HEAD /_ping", raw("HTTP/1.1 " + std::to_string(status) + " No\r\nContent-Length: 0\r\n\r\n"));
        fake.on("GET /_ping", raw(test::reply(200, "OK", {{"Api-Version", "1.41"}})));
        Engine engine = fake.engine();
        CHECK(fake.run(engine.negotiate(soon())).api == ApiVersion{1, 41});
    }
}

TEST_CASE("an Engine that was exchanged is agreed with once more [DK008] [DK009]")
{
    for (const char* text : {R"({"message":"client version 1.41 is too new. Maximum supported API version is 1.40"})",
                             "client version 1.41 is too old. Minimum supported API version is 1.44\n"}) {
        FakeEngine fake;
        fake.on("GET /info", raw(test::reply(400, text)));
        fake.on("GET /info", json(200, R"({"ID":"second"})"));
        Engine engine = fake.engine();
        CHECK(fake.run(engine.info(soon())).id == "second");
        CHECK(fake.count("HEAD /_ping") == 2);
    }
    FakeEngine fake;
    fake.on("GET /info", json(400, R"({"message":"client version 1.41 is too new."})"));
    Engine engine = fake.engine();
    CHECK(error_of(fake, engine.info(soon())).reason() == FailureReason::system);
    CHECK(fake.count("GET /info") == 2);
}

TEST_CASE("a missing socket is a system failure that names the path [DK001]")
{
    FakeEngine fake;
    Engine engine(fake.context.get_executor(), {"/nonexistent/docker.sock"});
    const EngineError error = error_of(fake, engine.info(soon()));
    CHECK(error.reason() == FailureReason::system);
    CHECK(error.message().find("/nonexistent/docker.sock") != std::string::npos);
    CHECK(error.message().find("docker.host") != std::string::npos);
}

TEST_CASE("a redirect is an error [DK011]")
{
    for (const unsigned status : {301u, 302u, 307u, 308u}) {
        FakeEngine fake;
        fake.on("GET /info", raw(test::reply(status, {}, {{"Location", "http://evil.example.com/"}})));
        Engine engine = fake.engine();
        CHECK(error_of(fake, engine.info(soon())).reason() == FailureReason::system);
        CHECK(fake.count("GET /info") == 1);
    }
}

TEST_CASE("a connection that the Engine closed meanwhile is replaced for a read [DK012]")
{
    FakeEngine fake;
    fake.on("GET /info", json(200, R"({"ID":"1"})"));
    fake.on("GET /info", cut());
    fake.on("GET /info", json(200, R"({"ID":"3"})"));
    Engine engine = fake.engine();
    CHECK(fake.run(engine.info(soon())).id == "1");
    CHECK(fake.run(engine.info(soon())).id == "3");
}

TEST_CASE("replies have bounds [DK013] [AC-D04]")
{
    FakeEngine fake;
    fake.on("GET /info", raw("HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n{"));
    fake.on("GET /info", raw("HTTP/1.1 200 OK\r\nX: " + std::string(100000, 'x') + "\r\nContent-Length: 2\r\n\r\n{}"));
    fake.on("GET /info", raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
    fake.on("GET /info", raw("nonsense\r\n\r\n"));
    fake.on("GET /info", json(200, "{\"ID\":"));
    Engine engine = fake.engine();
    CHECK(error_of(fake, engine.info(soon())).code() == Failure::too_large);
    CHECK(error_of(fake, engine.info(soon())).code() == Failure::too_large);
    for (int i = 0; i < 3; ++i) CHECK(error_of(fake, engine.info(soon())).code() == Failure::protocol);
}

TEST_CASE("an error that is not JSON, or empty, is told as it is [DK014]")
{
    FakeEngine fake;
    fake.on("GET /info", raw(test::reply(500, "plain words")));
    fake.on("GET /info", raw(test::reply(502)));
    Engine engine = fake.engine();
    const EngineError plain = error_of(fake, engine.info(soon()));
    CHECK(plain.status() == 500);
    CHECK(plain.message() == "plain words");
    CHECK(plain.call() == "GET /info");
    CHECK(error_of(fake, engine.info(soon())).message() == "no explanation");
}

TEST_CASE("a reply in chunks of one byte is read [DK015]")
{
    FakeEngine fake;
    std::string bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const char c : std::string(R"({"ID":"abc"})")) bytes += test::chunk(std::string_view(&c, 1));
    fake.on("GET /info", raw(bytes + test::chunk({})));
    Engine engine = fake.engine();
    CHECK(fake.run(engine.info(soon())).id == "abc");
}

TEST_CASE("an Engine that hangs costs one call its deadline, no other [DK018]")
{
    FakeEngine fake;
    fake.on("GET /info", silence());
    fake.on("GET /networks/n", json(200, R"({"Id":"n"})"));
    Engine engine = fake.engine();
    fake.run(engine.negotiate(soon()));
    bool other = false;
    boost::asio::co_spawn(
        fake.context,
        [&]() -> boost::asio::awaitable<void> {
            const auto network = co_await engine.inspect_network({"n"}, soon());
            other = network.has_value();
        },
        [](std::exception_ptr) {});
    const EngineError error = error_of(fake, engine.info(in(std::chrono::milliseconds(50))));
    CHECK(error.code() == Failure::timed_out);
    CHECK(error.reason() == FailureReason::system);
    CHECK(other);
}
