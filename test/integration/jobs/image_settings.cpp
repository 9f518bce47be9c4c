#include "test/integration/jobs/checks.h"

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* demanding = "ysnp-test/demanding:1";

/// An image that asks the Engine for all that an image can ask for.
void make_demanding_image()
{
    const std::string begun = "ysnp-test/demanding:0", container = "ysnp-test-demanding";
    make_image(begun, {"HEALTHCHECK --interval=1s CMD echo checked >> /tmp/health", "ONBUILD RUN exit 1",
                       "VOLUME /data", "ENV LD_PRELOAD=/nothing.so", "USER 1000", "WORKDIR /tmp"});
    docker("create --stop-signal SIGWINCH --name " + container + " " + begun + " /bin/sh");
    docker("commit " + container + " " + demanding);
    docker("rm " + container);
}

std::string container_of(World& world, std::uint64_t id)
{
    return docker("ps -q --no-trunc --filter name=ysnp-" + std::to_string(id) + "- " + filter_of(world));
}

} // namespace

TEST_CASE("an image's configuration has the Engine do nothing beside the job [AC-M17] [AC-M20]")
{
    make_demanding_image();
    World world;
    PayloadSpec spec =
        world.job({"id -u", "sleep 2", "ls /tmp/health || echo nobody-checked", "echo parked", "sleep 300"});
    spec.image = demanding;
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(world.until(
        id, [](const FakeJob& job) { return has(job, "\nparked\n"); }, 60s));
    INFO(plain(world.gitlab().job(id).trace));
    CHECK(has(world.gitlab().job(id), "\n1000\n"));
    CHECK(has(world.gitlab().job(id), "\nnobody-checked\n"));
    const std::string container = container_of(world, id);
    REQUIRE(container.size() == 64);
    CHECK(docker("inspect --format '{{.Config.Healthcheck.Test}} {{.Config.StopSignal}}' " + container) ==
          "[NONE] SIGKILL");
    // No image but the job's own has a container: no helper's, whoever gave one of that name to the Engine.
    CHECK(docker("ps -aq --no-trunc " + filter_of(world)) == container);
    world.gitlab().cancel(id);
    world.finish(id);
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("an image whose working directory is the kernel's starts no job [AC-M17]")
{
    World world;
    for (const char* folder : {"/proc/self/fd/8", "//proc/../proc/1", "/sys", "/dev/fd"}) {
        const std::string image = "ysnp-test/led-astray:1";
        make_image(image, {std::string("WORKDIR ") + folder});
        PayloadSpec spec = world.job({"echo reached"});
        spec.image = image;
        const FakeJob job = world.finish(spec);
        INFO(folder << "\n" << plain(job.trace));
        CHECK(job.state == "failed");
        CHECK(job.failure_reason == "runner_configuration_error");
        CHECK(has(job, "another WORKDIR"));
        CHECK_FALSE(has(job, "\nreached\n"));
    }
}
