#include "test/integration/jobs/checks.h"

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

/// A job that does no harm has its result afterwards: the runner is as before.
void check_others_run(World& world)
{
    const FakeJob job = world.finish(world.job({"echo still-fine"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "\nstill-fine\n"));
}

} // namespace

TEST_CASE("a job that attacks its first process or its own streams only ends itself [DK157]")
{
    World world;
    PayloadSpec writes = world.job(
                    {"for fd in 0 1 2 3 4; do echo forged-$fd > /proc/1/fd/$fd || true; done", // as the agent's own
                                                                                               // "ended" frame begins
                     "{ printf 'Y\\033S\\037\\102'; head -c 200 /dev/zero; } > /proc/1/fd/1 || true", "exit 7"}),
                kills = world.job({"kill -9 1; kill -STOP 1; kill -TERM 1; kill -INT 1", "echo alive", "exit 8"}),
                all = world.job({"(sleep 100 &) ; kill -9 -1; exit 9"}), closes = world.job({"exec >&- 2>&-; exit 10"}),
                binary = world.job({"head -c 300000 /dev/urandom", "head -c 200000 /proc/self/exe", "exit 11"});
    std::vector<std::uint64_t> ids;
    for (const PayloadSpec* spec : {&writes, &kills, &all, &closes, &binary})
        ids.push_back(world.gitlab().enqueue(*spec));
    std::vector<FakeJob> jobs;
    for (const std::uint64_t id : ids) jobs.push_back(world.finish(id));
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        INFO(i << "\n" << plain(jobs[i].trace).substr(0, 4000));
        CHECK(jobs[i].state == "failed");
        CHECK(jobs[i].failure_reason == "script_failure");
        CHECK(jobs[i].exit_code == (i == 2 ? 137 : static_cast<int>(i) + 7));
        CHECK(jobs[i].trace_matches());
    }
    CHECK(has(jobs[1], "\nalive\n"));
    check_others_run(world);
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("a fork bomb ends at its limit of processes, others do not notice [AC-C01]")
{
    World world({.docker_yaml = "      pids_limit: 48\n"});
    PayloadSpec bomb =
        world.job({"cat /sys/fs/cgroup/pids.max /sys/fs/cgroup/pids/pids.max 2>/dev/null || true",
                   "f() { f & f & wait; }; f & sleep 1", "i=0; while [ $i -lt 100 ]; do sleep 300 & i=$((i+1)); done"});
    bomb.timeout = 20;
    const std::uint64_t id = world.gitlab().enqueue(bomb);
    world.start();
    REQUIRE(world.until(
        id, [](const FakeJob& job) { return has(job, "f() {"); }, 60s));
    check_others_run(world);
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace).substr(0, 4000));
    CHECK(has(job, "\n48\n"));
    CHECK(has(job, "can't fork"));
    CHECK(job.failure_reason == "script_failure");
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("a job that runs out of memory fails with 137, or is told what was killed [JOB-170] [DK166] [AC-C02]")
{
    World world({.docker_yaml = "      memory: 32MiB\n"});
    PayloadSpec whole = world.job({"exec tail /dev/zero"}),
                child = world.job({"tail /dev/zero || echo lost-one",
                                   "dd if=/dev/zero of=/dev/shm/x bs=1M count=60 || echo no-room-in-shm"});
    const std::uint64_t first = world.gitlab().enqueue(whole), second = world.gitlab().enqueue(child);
    const FakeJob dead = world.finish(first);
    INFO(plain(dead.trace));
    CHECK(dead.failure_reason == "script_failure");
    CHECK(dead.exit_code == 137);
    CHECK(has(dead, "for lack of memory"));
    const FakeJob told = world.finish(second);
    INFO(plain(told.trace));
    CHECK(told.state == "success");
    CHECK(has(told, "\nlost-one\n"));
    CHECK(has(told, "\nno-room-in-shm\n"));
    CHECK(has(told, "for lack of memory"));
    check_others_run(world);
}

TEST_CASE("a full disk of the job is the job's failure, in its script and in its sources [DK102]")
{
    World world({.docker_yaml = "      tmpfs: { /builds/acme/tools/hello: \"rw,exec,size=256k,mode=777\" }\n"});
    const FakeJob script = world.finish(world.job({"dd if=/dev/zero of=file bs=1000 count=1000", "echo never"}));
    INFO(plain(script.trace));
    CHECK(script.failure_reason == "script_failure");
    CHECK(script.exit_code == 1);
    CHECK(has(script, "No space left on device"));
    world.commit("head -c 1000000 /dev/urandom > big");
    const FakeJob sources = world.finish(world.job_with_sources({"echo never"}));
    INFO(plain(sources.trace));
    CHECK(sources.failure_reason == "script_failure");
    CHECK(has(sources, "the sources could not be written"));
    CHECK(has(sources, "No space left on device"));
    CHECK_FALSE(has(sources, "$ echo never"));
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}
