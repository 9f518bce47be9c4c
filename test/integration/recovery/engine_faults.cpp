#include "test/double/replies.h"
#include "test/integration/attacks/engine_tap.h"
#include "test/integration/jobs/checks.h"

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

std::string refusing(unsigned status, const std::string& message)
{
    return json_reply(status, R"({"message":")" + message + R"("})", {{"Connection", "close"}});
}

/// One job fails by what the tap does; says what its log holds.
FakeJob broken(World& world, EngineTap& tap, Interception what)
{
    tap.intercept(std::move(what));
    FakeJob job = world.finish(world.job({"echo the-script-$(echo ran)"}));
    CHECK_FALSE(has(job, "the-script-ran"));
    return job;
}

void check_goes_on(World& world)
{
    const FakeJob job = world.finish(world.job({"echo still-fine"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

struct Row {
    const char* request;
    std::string reply;
    const char* says;
};

} // namespace

TEST_CASE("an Engine that cannot do its part, or talks nonsense, fails the job as the system's fault, and only it "
          "[DK189] [FIN-20]")
{
    const std::string full = "write /var/lib/docker/tmp/x: no space left on device";
    const Row rows[] = {
        {"POST /volumes/create*", refusing(500, full), "no space left on device"},
        {"POST /containers/create*", refusing(500, full), "no space left on device"},
        {"PUT /containers/*/archive*", refusing(500, full), "no space left on device"},
        {"POST /containers/*/start*", refusing(500, full), "no space left on device"},
        {"POST /containers/create*", json_reply(201, "[[", {{"Connection", "close"}}), "POST /containers/create"},
        {"GET /containers/*/json*", json_reply(200, R"({"Id":7})", {{"Connection", "close"}}), ""},
    };
    EngineTap tap;
    World world({.engine = tap.socket()});
    for (const Row& row : rows) {
        const FakeJob job = broken(world, tap, {.request = row.request, .reply = row.reply});
        INFO(row.request << "\n" << plain(job.trace));
        CHECK(job.failure_reason == "runner_system_failure");
        CHECK(has(job, "Job failed (system failure): "));
        CHECK(has(job, row.says));
    }
    check_goes_on(world);
}

TEST_CASE("an image that goes between its look-up and its use is looked up once more, then it is a system failure "
          "[DK066]")
{
    EngineTap tap;
    World world({.engine = tap.socket()});
    const Interception gone{.request = "POST /containers/create*", .reply = refusing(404, "No such image: x")};
    tap.intercept(gone);
    const FakeJob job = world.finish(world.job({"echo ran"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(tap.count("GET /images/*") == 2);
    tap.intercept(gone);
    const FakeJob twice = broken(world, tap, gone);
    INFO(plain(twice.trace));
    CHECK(twice.failure_reason == "runner_system_failure");
    CHECK(has(twice, "twice between finding and using it"));
    CHECK(tap.count("POST /containers/create*") == 4);
    check_goes_on(world);
}

TEST_CASE(
    "a container that the Engine says it started, and did not, is a system failure, whatever waiting for it gives "
    "[DK168]")
{
    EngineTap tap;
    World world({.engine = tap.socket()});
    const FakeJob job = broken(
        world, tap,
        {.request = "POST /containers/*/start*", .reply = "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"});
    INFO(plain(job.trace));
    CHECK(job.failure_reason == "runner_system_failure");
    CHECK(has(job, "the Engine says that it started the container, but the container is \"created\""));
    check_goes_on(world);
}

TEST_CASE("what somebody removes under a job ends that job and leaves nothing [AC-D10]")
{
    EngineTap tap;
    World world({.docker_yaml = "      allowed_pull_policies: [never, if-not-present]\n",
                 .network_mode = "job",
                 .engine = tap.socket()});
    const std::string label = filter_of(world);
    const auto remove_container = [&] { docker("rm -f $(docker ps -aq " + label + ")"); };
    const auto remove_network = [&] { docker("network rm $(docker network ls -q " + label + ")"); };
    CHECK(broken(world, tap, {.request = "POST /containers/*/start*", .before = remove_container}).state == "failed");
    CHECK(broken(world, tap, {.request = "POST /containers/*/start*", .before = remove_network}).state == "failed");

    make_image("ysnp-test/pruned:1", {"ENV PRUNED=yes"});
    PayloadSpec pruned = world.job({"echo the-script-$(echo ran)"});
    pruned.image = "ysnp-test/pruned:1";
    pruned.patch = R"({"image": {"pull_policy": ["never"]}})";
    tap.intercept({.request = "POST /containers/create*", .before = [] { docker("rmi -f ysnp-test/pruned:1"); }});
    const FakeJob missing = world.finish(pruned);
    INFO(plain(missing.trace));
    CHECK(missing.state == "failed");
    CHECK(has(missing, "the pull policy \"never\" does not fetch it"));

    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo at-$(echo work)", "sleep 600"}));
    const bool works = world.until(id, [](const FakeJob& running) { return has(running, "\nat-work\n"); });
    INFO(plain(world.gitlab().job(id).trace) << "\n" << world.runner().log());
    REQUIRE(works);
    remove_container();
    const FakeJob gone = world.finish(id, 20s);
    INFO(plain(gone.trace));
    CHECK(gone.failure_reason == "runner_system_failure");
    CHECK(has(gone, "the job's container ended by itself: "));
    check_goes_on(world);
}

TEST_CASE("an Engine that restarts and takes the containers with it fails the job, and is swept [DK179] [AC-D10]")
{
    EngineTap tap;
    World world({.engine = tap.socket()});
    world.start();
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo at-$(echo work)", "sleep 600"}));
    REQUIRE(world.until(id, [](const FakeJob& job) { return has(job, "\nat-work\n"); }));
    tap.restart([&] { docker("kill $(docker ps -q " + filter_of(world) + ")"); });
    const FakeJob job = world.finish(id, 20s);
    INFO(plain(job.trace));
    CHECK(job.failure_reason == "runner_system_failure");
    CHECK(has(job, "Job failed (system failure): the job's container ended"));
    check_goes_on(world);
}

TEST_CASE("a socket of the Engine that everybody may use keeps an enforcing runner from starting, a learning one is "
          "warned [DK003]")
{
    EngineTap tap;
    std::filesystem::permissions(tap.socket(), std::filesystem::perms::all);
    std::filesystem::permissions(std::filesystem::path(tap.socket()).parent_path(), std::filesystem::perms(0755));
    World strict({.learn = false, .engine = tap.socket()});
    std::filesystem::create_directories(strict.runtime());
    std::filesystem::permissions(strict.runtime(), std::filesystem::perms::owner_all);
    const Finished refused =
        run_program({"run", "-c", strict.config().string()}, {"RUNTIME_DIRECTORY=" + strict.runtime().string()});
    INFO(refused.out << refused.err);
    CHECK(refused.exit_code != 0);
    CHECK((refused.out + refused.err).find("everybody on this host can use the Engine through " + tap.socket()) !=
          std::string::npos);
    CHECK(tap.requests().empty());

    World learning({.engine = tap.socket()});
    CHECK(learning.finish(learning.job({"true"})).state == "success");
    CHECK(learning.runner().log().find("WARNING: everybody on this host can use the Engine") != std::string::npos);
    CHECK(learning.stop() == 0);
}

TEST_CASE("while the Engine is away no job is taken only to fail; those that come meanwhile run when it is back")
{
    EngineTap tap;
    World world({.engine = tap.socket()});
    world.start();
    CHECK(world.finish(world.job({"echo before"})).state == "success");
    const auto says = [&](const std::string& text) { return world.runner().log().find(text) != std::string::npos; };
    std::uint64_t early = 0;
    const auto stays_away = [&] {
        // what was asked for before the Engine went may still bring one job
        CHECK(world.let([&] { return says("until it answers, no job is asked for"); }, 20s));
        early = world.gitlab().enqueue(world.job({"echo meanwhile"}));
        world.let([] { return false; }, 4s);
        CHECK(world.gitlab().job(early).state == "queued");
    };
    tap.restart(stays_away);
    CHECK(world.let([&] { return says("The Engine answers again"); }, 40s));
    CHECK(world.finish(early).state == "success");
    CHECK(world.stop() == 0);
}
