#include "docker/watch.h"
#include "docker/event_stream.h"
#include "fake_engine.h"
#include "live_engine.h"
#include "net/wait.h"
#include <algorithm>
#include <catch2/generators/catch_generators.hpp>

using namespace ysnp;
using namespace ysnp::docker;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

std::string event(const std::string& action, int at, const std::string& container = "c1")
{
    return R"({"Type":"container","Action":")" + action + R"(","Actor":{"ID":")" + container +
           R"(","Attributes":{"name":"x"}},"timeNano":)" + std::to_string(at) + "}\n";
}

std::string connected(const std::string& network, int at)
{
    return R"({"Type":"network","Action":"connect","Actor":{"ID":")" + network +
           R"(","Attributes":{"container":"c1","name":"other"}},"timeNano":)" + std::to_string(at) + "}\n";
}

bool about_networks(const test::Recorded& request) { return request.target.find("network") != std::string::npos; }

/// Streams of events: what `container` and `network` hold comes at once, one after the other connection; then silence.
struct Events {
    std::vector<std::string> container, network;

    Reply reply()
    {
        return [this](test::Peer& peer, const test::Recorded& request) -> asio::awaitable<void> {
            auto& left = about_networks(request) ? network : container;
            const std::string lines = left.empty() ? "" : left.front();
            const bool more = left.size() > 1;
            if (!left.empty()) left.erase(left.begin());
            co_await peer.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" +
                               lines);
            if (more) co_return peer.close();
            const bool gone = co_await peer.closed(in(20s));
            (void)gone;
        };
    }
};

/// A watch over container c1 on network "net1".
struct Watched {
    explicit Watched(Events streams, std::function<void(FakeEngine&, Engine&)> before = {})
        : events(std::move(streams)), engine(fake.engine())
    {
        if (before) before(fake, engine);
        fake.on("GET /events", events.reply());
        WatchOptions options{.first_pause = 1ms, .longest_pause = 1ms};
        options.blind = [this](std::string_view why) { said.push_back("blind: " + std::string(why)); };
        options.sighted = [this] { said.push_back("sighted"); };
        watch.emplace(fake.context.get_executor(), engine, Owner{"r1", "s1"}, std::move(options));
        guard.emplace(watch->guard({"c1"}, "net1", [this](const Meddling& m) { seen.push_back(m.detail); }));
        watch->start();
    }
    ~Watched() { fake.run(watch->stop()); }

    void until(std::function<bool()> holds)
    {
        fake.run([](std::function<bool()> done) -> asio::awaitable<void> {
            for (int i = 0; i < 500 && !done(); ++i) co_await sleep_until(in(10ms));
        }(holds));
        CHECK(holds());
    }
    void settle() { fake.run(sleep_until(in(100ms))); }

    FakeEngine fake;
    Events events;
    Engine engine;
    std::vector<std::string> seen, said;
    std::optional<Watch> watch;
    std::optional<Watch::Guard> guard;
};

} // namespace

TEST_CASE("what somebody else does to a container of ours is seen once, what he does to others is not [AC-D09]")
{
    Watched world({{event("exec_create: sh -c \\u001b[31mid", 5, "c2") + event("exec_create: sh -c \\u001b[31mid", 6) +
                    event("update", 7)},
                   {}});
    world.until([&] { return !world.seen.empty(); });
    world.settle();
    CHECK(world.seen == std::vector<std::string>{"exec_create: sh -c ?[31mid"});
    CHECK(world.said.empty());
}

TEST_CASE("the Engine filters: our containers, and what nobody but an outsider does")
{
    const std::string path = events_path({"container", {"exec_create"}, owner_labels({"r1", "s1"}), 1'000'000'042});
    CHECK(path ==
          "/events?filters=%7B%22event%22%3A%5B%22exec_create%22%5D%2C%22label%22%3A%5B%22ysnp.runner%3Dr1%22%2C"
          "%22ysnp.system%3Ds1%22%5D%2C%22type%22%3A%5B%22container%22%5D%7D&since=1.000000042");
    CHECK(events_path({"network", {"connect"}, {}, 0}).find("since") == std::string::npos);
}

TEST_CASE("a network that the container was not made for is meddling, its own is not [AC-D09]")
{
    Watched world({{}, {connected("net1", 5) + connected("net2", 6)}});
    world.until([&] { return !world.seen.empty(); });
    CHECK(world.seen == std::vector<std::string>{"connect to other"});
}

TEST_CASE("what we copy into a container that was never started is ours, one time more is somebody else's [AC-D09]")
{
    class Nowhere final : public net::BodySink {
        asio::awaitable<void> write(std::string_view) override { co_return; }
    };
    const auto copies = [](FakeEngine& fake, Engine& engine) {
        fake.on("POST /containers/create", json(201, R"({"Id":"c1"})"));
        fake.on("PUT /containers/c1/archive", json(200, ""));
        fake.on("GET /containers/c1/archive", json(404, R"({"message":"no such file"})"));
        ContainerSpec spec;
        spec.name = "x";
        const Created made = fake.run(engine.create(std::move(spec), soon()));
        REQUIRE(made.id.value == "c1");
        const auto archive = [] { return std::make_unique<OnePiece>(std::string(1024, '\0')); };
        fake.run(engine.put_archive({"c1"}, "/", archive, soon()));
        Nowhere sink; // what fails has no event
        CHECK(error_of(fake, engine.get_archive({"c1"}, "/etc/group", sink, soon())).status() == 404);
    };
    const bool copied = GENERATE(false, true);
    Watched world({{event("extract-to-dir", 5) + (copied ? event("archive-path", 6) : "") + event("pause", 7)}, {}},
                  copies);
    world.until([&] { return !world.seen.empty(); });
    CHECK(world.seen == std::vector<std::string>{copied ? "archive-path" : "pause"});
}

TEST_CASE("a broken stream is said once, comes back with what happened meanwhile, and nothing counts twice [AC-E07]")
{
    Watched world({{event("pause", 5, "c2"), event("pause", 5, "c2") + event("rename", 8)}, {"", "", ""}});
    world.until([&] { return !world.seen.empty(); });
    world.until([&] { return world.fake.count("GET /events") == 5 && world.said.back() == "sighted"; });
    CHECK(world.seen == std::vector<std::string>{"rename"});
    for (std::size_t i = 0; i < world.said.size(); ++i)
        CHECK(world.said[i].starts_with(i % 2 == 0 ? "blind: " : "sighted"));
    bool since = false;
    for (const std::string& call : world.fake.calls()) since |= call.ends_with("&since=0.000000005");
    CHECK(since);
}

TEST_CASE("an event without end is passed over in bounded memory, and said [AC-E07]")
{
    Watched world({{"{\"x\":\"" + std::string(JsonLines::longest_line, 'x') + "\"}\n" + event("commit", 9)}, {}});
    world.until([&] { return !world.seen.empty(); });
    CHECK(world.seen == std::vector<std::string>{"commit"});
    CHECK(world.said.front() == "blind: an event could not be read");
}
