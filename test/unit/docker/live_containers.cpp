#include "docker/janitor.h"
#include "live_engine.h"
#include "net/failure.h"
#include "net/task_group.h"

using namespace ysnp;
using namespace ysnp::docker;
namespace asio = boost::asio;

namespace {

Deadline soon() { return in(std::chrono::seconds(60)); }

struct Result {
    std::string out, err;
    std::size_t bytes = 0;
    int code = -1;
};

enum class Keep { output, count };

asio::awaitable<void> read_all(AttachedStream& stream, Result& into, Keep keep)
{
    for (;;) {
        const Piece piece = co_await stream.read(soon());
        if (piece.bytes.empty()) co_return;
        into.bytes += piece.bytes.size();
        if (keep == Keep::output) (piece.stream == OutputStream::standard_output ? into.out : into.err) += piece.bytes;
    }
}

asio::awaitable<void> write_input(AttachedStream& stream, std::string input)
{
    if (!input.empty()) co_await stream.write(input, soon());
    stream.close_write();
}

/// The whole cycle: create, look, attach, wait registered, start, input, output, exit.
asio::awaitable<Result> cycle(LiveEngine& live, ContainerSpec spec, std::string input, Keep keep, Janitor& janitor)
{
    const Created created = co_await live.engine.create(spec, soon());
    const auto handed_over = janitor.removes(created.id);
    const auto found = co_await live.engine.inspect(created.id, soon());
    if (!found) throw std::runtime_error("created and not there");
    const auto differences = drift(spec, *found);
    CHECK(differences == std::vector<std::string>{});
    AttachedStream stream = co_await live.engine.attach(created.id, soon());
    Event registered(live.context.get_executor());
    TaskGroup side(live.context.get_executor());
    Result result;
    side.spawn([](LiveEngine& on, ContainerId id, Event& event, Result& into) -> asio::awaitable<void> {
        const Exit exit = co_await on.engine.wait(std::move(id), event, soon());
        into.code = exit.code;
    }(live, created.id, registered, result));
    std::exception_ptr failure;
    try {
        const bool counting = co_await registered.wait(soon());
        CHECK(counting);
        co_await live.engine.start(created.id, soon());
        side.spawn(write_input(stream, std::move(input)));
        co_await read_all(stream, result, keep);
    } catch (...) {
        failure = std::current_exception();
        side.cancel();
    }
    co_await side.join();
    if (failure) std::rethrow_exception(failure);
    co_return result;
}

Result run_in(LiveEngine& live, ContainerSpec spec, std::string input = {}, Keep keep = Keep::output)
{
    Janitor janitor(live.context.get_executor(), live.engine);
    std::exception_ptr failure;
    Result result;
    try {
        result = live.run(cycle(live, std::move(spec), std::move(input), keep, janitor));
    } catch (...) {
        failure = std::current_exception();
    }
    live.run(janitor.join(soon()));
    CHECK(live.run(live.engine.list_containers(owner_labels(live.owner), soon())).empty());
    if (failure) std::rethrow_exception(failure);
    return result;
}

EngineError refused(LiveEngine& live, ContainerSpec spec)
{
    try {
        run_in(live, std::move(spec));
    } catch (const EngineError& error) {
        return error;
    }
    FAIL("it ran");
    throw std::logic_error("unreachable");
}

} // namespace

TEST_CASE(
    "live: a container runs a script from its input, hardened as asked, and leaves nothing [DK164] [AC-D02] [AC-D06]")
{
    LiveEngine live;
    const Result result =
        run_in(live, live.spec({"sh"}), "echo out; echo err >&2; cat /proc/self/status | head -60; exit 7\n");
    CHECK(result.code == 7);
    CHECK(result.out.starts_with("out\n"));
    CHECK(result.err == "err\n");
    CHECK(result.out.find("NoNewPrivs:\t1") != std::string::npos);
    CHECK(result.out.find("CapEff:\t00000000000000fb") != std::string::npos);
    CHECK(result.out.find("Seccomp:\t2") != std::string::npos);
}

TEST_CASE("live: all bytes go in and out unchanged [DK151] [DK163]")
{
    LiveEngine live;
    std::string bytes;
    for (int round = 0; round < 64; ++round)
        for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
    bytes += std::string(4096, '\x10') + std::string(4096, '\x11');
    const Result result = run_in(live, live.spec({"cat"}), bytes);
    CHECK(result.code == 0);
    CHECK(result.out == bytes);
}

TEST_CASE("live: the output of a container that exits at once is complete [DK150] [DK159]")
{
    LiveEngine live;
    const Result result = run_in(live, live.spec({"head", "-c", "67108864", "/dev/zero"}), {}, Keep::count);
    CHECK(result.code == 0);
    CHECK(result.bytes == 67108864);
}

TEST_CASE("live: a large input flows while output does [DK152]")
{
    LiveEngine live;
    const Result result = run_in(live, live.spec({"cat"}), std::string(16u << 20, 'x'), Keep::count);
    CHECK(result.bytes == 16u << 20);
}

TEST_CASE("live: a command that is not there is the configuration's fault, and nothing stays [DK133] [DK136]")
{
    LiveEngine live;
    const auto begin = std::chrono::steady_clock::now();
    const EngineError error = refused(live, live.spec({"/nosuch"}));
    CHECK(error.reason() == FailureReason::configuration);
    CHECK(error.message().find("/nosuch") != std::string::npos);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20)); // the wait was cancelled, it never ends
}

TEST_CASE("live: an unknown user, an unknown network and an unknown image are told apart [DK134] [DK135]")
{
    LiveEngine live;
    ContainerSpec spec = live.spec({"true"});
    spec.user = "nobody-here";
    CHECK(refused(live, spec).reason() == FailureReason::configuration);
    spec = live.spec({"true"});
    spec.network = JoinNetwork{std::string(64, 'e'), {}};
    const EngineError network = refused(live, spec);
    CHECK(network.reason() == FailureReason::system);
    CHECK(network.code() == Failure::missing);
    spec = live.spec({"true"});
    spec.image.value = "sha256:" + std::string(64, 'e');
    CHECK(refused(live, spec).code() == Failure::missing);
    spec = live.spec({"true"});
    spec.environment = {"=x"};
    CHECK(refused(live, spec).reason() == FailureReason::configuration); // [DK130]
}

TEST_CASE("live: a create that repeats a name adopts its own and respects others [DK128] [DK129] [DK131]")
{
    LiveEngine live;
    Janitor janitor(live.context.get_executor(), live.engine);
    const ContainerSpec spec = live.spec({"true"});
    const Created first = live.run(live.engine.create(spec, soon()));
    CHECK(live.run(live.engine.create(spec, soon())).id == first.id);
    ContainerSpec other = spec;
    other.labels["ysnp.job"] = "8";
    CHECK_THROWS_AS(live.run(live.engine.create(other, soon())), EngineError);
    janitor.remove(first.id);
    live.run(janitor.join(soon()));
    CHECK(!live.run(live.engine.inspect(first.id, soon())));
    CHECK(live.run(live.engine.remove(first.id, soon())) == Removal::gone);
}

TEST_CASE("live: a killed container reports 137, one that is gone is not killed twice [DK174]")
{
    LiveEngine live;
    Janitor janitor(live.context.get_executor(), live.engine);
    const Created created = live.run(live.engine.create(live.spec({"sleep", "60"}), soon()));
    janitor.remove(VolumeName{"ysnp-unit-not-there"});
    live.run(live.engine.kill(created.id, "KILL", soon())); // not running: fine
    live.run(live.engine.start(created.id, soon()));
    CHECK_THROWS_AS(live.run(live.engine.start(created.id, soon())), EngineError); // [DK137]
    live.run(live.engine.kill(created.id, "KILL", soon()));
    std::optional<Inspection> found;
    for (int i = 0; i < 200; ++i) {
        found = live.run(live.engine.inspect(created.id, soon()));
        if (found && !found->running) break;
        live.run(sleep_until(in(std::chrono::milliseconds(20))));
    }
    REQUIRE(found);
    CHECK(found->exit_code == 137);
    CHECK(found->status == "exited");
    janitor.remove(created.id);
    live.run(janitor.join(soon()));
    live.run(live.engine.kill(created.id, "KILL", soon()));
}

TEST_CASE("live: an archive fills a volume before the start and a fresh container reads it back [DK097] [AC-D11]")
{
    LiveEngine live;
    const VolumeName volume{random_name("unit")};
    live.run(live.engine.create_volume(volume, owner_labels(live.owner), soon()));
    CHECK_THROWS_AS(live.run(live.engine.create_volume(volume, {{"ysnp.job", "9"}}, soon())), EngineError); // [DK096]
    Janitor janitor(live.context.get_executor(), live.engine);

    const test::TempDir folder;
    std::filesystem::create_directories(folder / "a");
    std::ofstream(folder / "a/hello") << "archived\n";
    ContainerSpec spec = live.spec({"cat", "/data/a/hello"});
    spec.mounts = {{volume, "/data", false}};
    const Created created = live.run(live.engine.create(spec, soon()));
    const std::string tar = archive_of(folder.path());
    live.run(live.engine.put_archive(
        created.id, "/data", [&] { return std::make_unique<OnePiece>(tar); }, soon()));

    class Collect final : public net::BodySink {
    public:
        std::string bytes;
        asio::awaitable<void> write(std::string_view piece) override
        {
            bytes += piece;
            co_return;
        }
    } collected;
    ContainerSpec reader = live.spec({"true"});
    reader.mounts = {{volume, "/data", true}};
    const Created collector = live.run(live.engine.create(reader, soon()));
    live.run(live.engine.get_archive(collector.id, "/data/a", collected, soon()));
    CHECK(collected.bytes.find("archived\n") != std::string::npos);

    live.run(live.engine.start(created.id, soon()));
    CHECK_THROWS_AS(live.run(live.engine.put_archive(created.id, "/data", {}, soon())), EngineError);
    CHECK(live.run(live.engine.remove_volume(volume, soon())) == Removal::in_use);
    janitor.remove(volume);
    janitor.remove(created.id);
    janitor.remove(collector.id);
    live.run(janitor.join(soon()));
    CHECK(live.run(live.engine.list_volumes(owner_labels(live.owner), soon())).empty());
}

TEST_CASE("live: a container that outgrows its memory is reported as such [DK165] [AC-D07]")
{
    LiveEngine live;
    Janitor janitor(live.context.get_executor(), live.engine);
    // the Engine begins to listen for it only a moment after the start
    ContainerSpec spec = live.spec({"sh", "-c", "sleep 1; exec dd if=/dev/zero of=/dev/null bs=200M count=1"});
    spec.host.memory = spec.host.memory_swap = 16u << 20;
    const Created created = live.run(live.engine.create(spec, soon()));
    live.run(live.engine.start(created.id, soon()));
    std::optional<Inspection> found;
    for (int i = 0; i < 400; ++i) {
        found = live.run(live.engine.inspect(created.id, soon()));
        if (found && found->status == "exited" && found->oom_killed) break; // the Engine may learn of the two apart
        live.run(sleep_until(in(std::chrono::milliseconds(25))));
    }
    janitor.remove(created.id);
    live.run(janitor.join(soon()));
    REQUIRE(found);
    CHECK(found->oom_killed);
    CHECK(found->exit_code == 137);
}
