#include "test/integration/gate/site.h"
#include "test/integration/world.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp::test;

namespace {

bool has(const FakeJob& job, const std::string& text) { return plain(job.trace).find(text) != std::string::npos; }

} // namespace

TEST_CASE("a job goes from GitLab's queue to its result [JOB-001] [JOB-008] [JOB-031]")
{
    World world;
    const FakeJob job = world.finish(world.job({"echo hi", "pwd", "echo status $CI_JOB_STATUS"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "$ echo hi\nhi\n"));
    CHECK(has(job, "\n/builds/acme/tools/hello\n"));
    CHECK(has(job, "status running"));
    CHECK(has(job, "Job succeeded"));
    CHECK(job.trace_matches());
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("a job finds its sources, clean and detached at its commit [JOB-009] [JOB-010] [JOB-012]")
{
    World world;
    const FakeJob job = world.finish(world.job_with_sources({"cat README.md dir/file", "./tool", "cat .git/HEAD"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "Fetching changes with git depth set to 20..."));
    CHECK(has(job, "Initialized empty Git repository in /builds/acme/tools/hello/.git/"));
    CHECK(has(job, "Created fresh repository."));
    CHECK(has(job, "as detached HEAD (ref is main)..."));
    CHECK(has(job, "Skipping Git submodules setup"));
    CHECK(has(job, "hello\ntwo\nnested\n"));
    CHECK(has(job, "\ntool\n"));
}

TEST_CASE("a failing script fails the job with its exit code [JOB-003] [JOB-004] [JOB-027]")
{
    World world;
    const FakeJob job = world.finish(world.job({"echo before", "exit 42", "echo after"}));
    CHECK(job.state == "failed");
    CHECK(job.failure_reason == "script_failure");
    CHECK(job.exit_code == 42);
    CHECK(has(job, "ERROR: Job failed: exit code 42"));
    CHECK_FALSE(has(job, "after\n"));
}
