#include "test/integration/gate/site.h"
#include "test/integration/gitlab/secrets.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

const char* const trace_path = "/api/v4/jobs/*/trace";
const char* const job_path = "/api/v4/jobs/9*";
const char* const request_path = "/api/v4/jobs/request";

bool has(const FakeJob& job, const std::string& text) { return plain(job.trace).find(text) != std::string::npos; }

bool traced(World& world, std::uint64_t id, const std::string& text)
{
    return world.until(id, [&](const FakeJob& job) { return has(job, text); });
}

/// How many lines of a counting script the log holds, each once and in order.
bool counted_to(const FakeJob& job, int last)
{
    std::string expected = "\n";
    for (int i = 1; i <= last; ++i) expected += "line " + std::to_string(i) + "\n";
    return has(job, expected);
}

const std::vector<std::string> counting{"echo token $CI_JOB_TOKEN",
                                        "i=0; while [ $i -lt 30 ]; do i=$((i+1)); echo line $i; sleep 0.1; done"};

} // namespace

TEST_CASE("GitLab answers with errors for a while: the job goes on and its log is whole [JOB-202] [TRC-19] [FIN-10]")
{
    World world;
    world.gitlab().add_fault({.method = "PATCH", .path = trace_path, .skip = 1, .times = 6, .status = 503});
    world.gitlab().add_fault({.method = "PUT", .path = job_path, .skip = 1, .times = 3, .status = 502});
    const FakeJob job = world.finish(world.job(counting), 90s);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(counted_to(job, 30));
    CHECK(job.trace_matches());
    check_silence(world, job);
}

TEST_CASE("what GitLab lost of the log is sent again, and nothing twice [JOB-201] [TRC-06] [TRC-11]")
{
    World world;
    const std::uint64_t id = world.gitlab().enqueue(world.job(counting));
    world.start();
    REQUIRE(traced(world, id, "\nline 5\n"));
    auto& trace = world.gitlab().job(id).trace;
    trace.resize(trace.size() / 2); // the next bytes do not continue it: 416
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace));
    CHECK(counted_to(job, 30));
    CHECK(job.trace_matches());
    check_silence(world, job);
}

TEST_CASE("requests that were done but never answered are not done twice [TRC-21] [ACK-01] [FIN-03]")
{
    World world;
    world.gitlab().add_fault({.method = "PATCH", .path = trace_path, .times = 2, .cut = Fault::Cut::after_request});
    world.gitlab().add_fault({.method = "PUT", .path = job_path, .times = 1, .cut = Fault::Cut::after_request});
    world.gitlab().add_fault({.method = "PUT", .path = job_path, .times = 1, .cut = Fault::Cut::inside_reply});
    const FakeJob job = world.finish(world.job(counting));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(counted_to(job, 30));
    CHECK(job.trace_matches());
    check_silence(world, job);
}

TEST_CASE("a GitLab that lies about the log gets the result all the same [TRC-09] [TRC-10] [AC-G09]")
{
    World world;
    world.gitlab().add_fault({.method = "PATCH",
                              .path = trace_path,
                              .times = -1,
                              .status = 416,
                              .headers = {{"Range", "0-99999999"}, {"Job-Status", "running"}}});
    const std::uint64_t id = world.gitlab().enqueue(world.job({"exit 3"}));
    const FakeJob job = world.finish(id, 90s);
    CHECK(job.state == "failed");
    CHECK(job.exit_code == 3);
    check_silence(world, job);
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE(
    "a job that was deleted is aborted: its container goes, nobody calls for it again [JOB-203] [TRC-12] [AC-G12]")
{
    World world({.concurrent = 1});
    PayloadSpec spec = world.job({"trap '' TERM", "echo it-$(echo runs)", "while :; do sleep 600; done"});
    spec.after_script = {"sleep 600"};
    const std::uint64_t id = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(traced(world, id, "\nit-runs"));
    world.gitlab().add_fault({.method = "PATCH", .path = trace_path, .times = -1, .status = 403});
    world.gitlab().add_fault({.method = "PUT", .path = job_path, .times = -1, .status = 403});
    CHECK(world.let([&] { return objects_of(world).empty(); }, 90s)); // a touch is due every 30 s
    CHECK(world.let([&] { return world.runner().log().find("no longer ours") != std::string::npos; }, 10s));
    world.gitlab().clear_faults();
    CHECK(world.finish(world.job({"true"})).state == "success"); // its place is free again [CAN-14]
    CHECK(world.stop() == 0);
    CHECK_FALSE(world.gitlab().job(id).finished());
}

TEST_CASE("GitLab takes the final state only after some tries [FIN-04]")
{
    World world;
    const std::uint64_t id = world.gitlab().enqueue(world.job({"true"}));
    world.gitlab().job(id).pending_final = 2;
    const FakeJob job = world.finish(id);
    CHECK(job.state == "success");
    CHECK(std::count(job.updates.begin(), job.updates.end(), "success") == 3);
}

TEST_CASE("GitLab asks for the whole log once more with 412 [FIN-06]")
{
    World world;
    world.gitlab().add_fault({.method = "PUT", .path = job_path, .skip = 1, .times = 1, .status = 412});
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo whole"}));
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(job.trace_matches());
    CHECK(has(job, "\nwhole\n"));
    check_silence(world, job);
}

TEST_CASE(
    "too many requests: the runner waits as long as it is told, and a stop ends the wait [POL-13] [POL-16] [AC-G07]")
{
    World world;
    world.gitlab().add_fault(
        {.method = "POST",
         .path = request_path,
         .status = 429,
         .headers = {{"RateLimit-ResetTime", "Thu, 01 Jan 1970 00:00:00 GMT"}, {"Retry-After", "1"}}});
    CHECK(world.finish(world.job({"true"}), 30s).state == "success");
    world.gitlab().add_fault(
        {.method = "POST", .path = request_path, .times = -1, .status = 429, .headers = {{"Retry-After", "100000"}}});
    const auto asked = [&] {
        const auto& requests = world.gitlab().server().requests();
        return std::ranges::count_if(requests, [](const auto& r) { return r.path() == request_path; });
    };
    const auto before = asked();
    REQUIRE(world.let([&] { return asked() > before; }, 20s));
    world.runner().signal(SIGTERM);
    CHECK(world.let([&] { return !world.runner().running(); }, 20s));
}
