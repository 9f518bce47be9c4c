#include "test/integration/jobs/checks.h"
#include <csignal>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

struct Ending {
    const char* id;
    std::vector<std::string> script;
    int exit_code; // 0: success
    const char* shows = "";
    const char* hides = "no-such-text";
    bool bash = false;
    std::vector<PayloadVariable> variables{};
};

std::vector<Ending> endings()
{
    return {
        {"[JOB-003]", {"false", "echo never"}, 1, "$ false\n", "$ echo never"},
        {"[JOB-004] [JOB-027] [DK164]", {"exit 42"}, 42, "ERROR: Job failed: exit code 42"},
        {"[DK164]", {"exit 255"}, 255, "ERROR: Job failed: exit code 255"},
        {"[JOB-036]", {"false | cat", "echo never"}, 1, "", "$ echo never"},
        {"[JOB-036] in bash", {"false | cat", "echo never"}, 1, "", "$ echo never", true},
        {"[JOB-037] [JOB-038]", {"[ -n \"$X\" ] && echo y\necho goes-on", "[ -n \"$X\" ] && echo y"}, 1, "\ngoes-on\n"},
        {"[JOB-039]", {"nosuch"}, 127, "not found"},
        {"[JOB-040]", {"cat", "echo after-cat", "read x", "echo never"}, 1, "\nafter-cat\n", "$ echo never"},
        {"[JOB-167]", {"set +e; false; echo went-on", "set +e; false"}, 1, "\nwent-on\n"},
        {"[JOB-168]", {"export X=$(false)", "echo exported", "X=$(false)"}, 1, "\nexported\n"},
        {"[JOB-169]", {"kill -9 $$"}, 137, "ERROR: Job failed: exit code 137"},
        {"[JOB-173]", {"trap 'echo bye' EXIT", "exit 3"}, 3, "\nbye\n"},
        {"[JOB-174]", {"exec true", "echo never"}, 0, "Job succeeded", "$ echo never"},
        {"[JOB-175]", {"echo one", "echo two", "echo 'open"}, 2, ""},
        {"[JOB-176]", {"echo single\r", "if true; then\r\n echo x\r\nfi"}, 2, "", "\nx\n"},
        {"[JOB-014]", {"a=(1 2); [[ ${a[1]} == 2 ]] && echo arrays"}, 0, "\narrays\n", "not found", true},
        {"[JOB-013] [JOB-177]", {"[[ a == a ]] && echo ash", "sh -c 'a=(1 2)'"}, 2, "\nash\n"},
        {"[JOB-181]", {"ls"}, 127, "not found", "no-such-text", true, {{"PATH", "/nowhere"}}},
    };
}

} // namespace

TEST_CASE("a job ends with the exit code of its script, whatever ends it [JOB-003] [JOB-004] [JOB-169] [DK164]")
{
    make_bash_and_git();
    World world;
    const std::vector<Ending> cases = endings();
    std::vector<std::uint64_t> ids;
    for (const Ending& ending : cases) {
        PayloadSpec spec = world.job(ending.script);
        spec.variables.insert(spec.variables.end(), ending.variables.begin(), ending.variables.end());
        if (ending.bash) spec.image = bash_and_git;
        ids.push_back(world.gitlab().enqueue(spec));
    }
    for (std::size_t i = 0; i < cases.size(); ++i) {
        const FakeJob job = world.finish(ids[i], 120s);
        INFO(cases[i].id << "\n" << plain(job.trace));
        CHECK(job.state == (cases[i].exit_code == 0 ? "success" : "failed"));
        CHECK(job.exit_code.value_or(0) == cases[i].exit_code);
        if (cases[i].exit_code != 0) CHECK(job.failure_reason == "script_failure");
        CHECK(has(job, cases[i].shows));
        CHECK_FALSE(has(job, cases[i].hides));
    }
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("what a script leaves running neither holds the job up nor reaches after_script [JOB-171] [JOB-172] [DK170]")
{
    World world;
    PayloadSpec spec = world.job({"(sleep 300; echo attack) &", "setsid sh -c 'trap \"\" TERM; sleep 300' &",
                                  "echo kept > /tmp/kept", "export A=1", "sleep 0.2"});
    spec.after_script = {"ps | grep -c '[s]leep 300' || true", "cat /tmp/kept", "echo \"[$A] $CI_JOB_STATUS\""};
    const FakeJob job = world.finish(spec, 40s); // [DK171] [AC-C07] [AC-C08]
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(has(job, "Running after script...\n$ ps | grep -c '[s]leep 300' || true\n0\n"));
    CHECK(has(job, "\nkept\n"));     // [JOB-035]
    CHECK(has(job, "\n[] success")); // [JOB-034] [JOB-021]
    CHECK(has_bytes(job, "\x1b[32;1mRunning after script...\x1b[0;m\n"));
    CHECK_FALSE(has(job, "\nattack\n"));
}

TEST_CASE("after_script runs whatever happened, and decides nothing unless told to [JOB-032] [JOB-033] [CAN-12] "
          "[CAN-13] [JOB-115]")
{
    World world({.runner_yaml = "    pre_build_script: echo pre-build\n    post_build_script: echo post-build\n"});
    PayloadSpec failing = world.job({"exit 6"}), good = world.job({"A=same-shell", "echo $A"}), strict = good;
    failing.after_script = {"echo status-is-$CI_JOB_STATUS", "exit 1"};
    good.after_script = {"exit 1"};
    strict.after_script = {"exit 4"};
    strict.variables.push_back({"AFTER_SCRIPT_IGNORE_ERRORS", "false"});
    const std::uint64_t first = world.gitlab().enqueue(failing), second = world.gitlab().enqueue(good),
                        third = world.gitlab().enqueue(strict);
    const FakeJob failed = world.finish(first);
    INFO(plain(failed.trace));
    CHECK(failed.exit_code == 6);
    CHECK(has(failed, "\nstatus-is-failed\n"));
    CHECK(has(failed, "ERROR: Job failed: exit code 6"));
    const FakeJob passed = world.finish(second);
    INFO(plain(passed.trace));
    CHECK(passed.state == "success");
    CHECK(has(passed, "after_script failed, but job will continue unaffected: exit code 1"));
    CHECK(in_order(passed, "$ echo pre-build\npre-build\n$ A=same-shell", "post-build\n")); // [JOB-150]
    CHECK(count(plain(passed.trace), "$ echo pre-build") == 1);
    const FakeJob counted = world.finish(third);
    INFO(plain(counted.trace));
    CHECK(counted.state == "failed");
    CHECK(counted.exit_code == 4);
}

TEST_CASE(
    "time-outs end the job, the script or the after_script, each with its own words [JOB-104] [JOB-113] [JOB-114] "
    "[JOB-116] [CAN-08] [CAN-09]")
{
    World world;
    PayloadSpec whole = world.job({"echo begins", "sleep 600"}), script = whole, after = world.job({"true"});
    whole.timeout = 6;
    whole.after_script = {"echo after-the-end"};
    script.variables.push_back({"RUNNER_SCRIPT_TIMEOUT", "2s"});
    script.after_script = {"echo status-is-$CI_JOB_STATUS"};
    after.variables.push_back({"RUNNER_AFTER_SCRIPT_TIMEOUT", "1s"});
    after.after_script = {"echo after-$(echo begins)", "sleep 600", "echo after-$(echo ends)"};
    const std::uint64_t ids[] = {world.gitlab().enqueue(whole), world.gitlab().enqueue(script),
                                 world.gitlab().enqueue(after)};
    const FakeJob over = world.finish(ids[0]);
    INFO(plain(over.trace));
    CHECK(over.failure_reason == "job_execution_timeout");
    CHECK(has(over, "ERROR: Job failed: execution took longer than 6s seconds"));
    CHECK_FALSE(has(over, "after-the-end\n"));
    const FakeJob slow = world.finish(ids[1]);
    INFO(plain(slow.trace));
    CHECK(slow.failure_reason == "job_execution_timeout");
    CHECK(has(slow, "status-is-timedout\n"));
    CHECK(has(slow, "script timeout: context deadline exceeded"));
    const FakeJob fine = world.finish(ids[2]);
    INFO(plain(fine.trace));
    CHECK(fine.state == "success");
    CHECK(has(fine, "after_script failed, but job will continue unaffected"));
    CHECK(has(fine, "\nafter-begins\n"));
    CHECK_FALSE(has(fine, "\nafter-ends\n"));
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("a cancelled script is stopped, after_script still runs and knows [JOB-105] [DK173] [DK174] [DK175] "
          "[CAN-01]")
{
    World world;
    PayloadSpec polite = world.job({"trap 'echo cleaning up; sleep 1; echo cleaned; exit 0' TERM", "echo ready-to-stop",
                                    "sleep 600 & wait"}),
                deaf = world.job({"trap '' TERM", "echo ready-to-stop", "while :; do sleep 600; done"});
    polite.after_script = deaf.after_script = {"echo status-is-$CI_JOB_STATUS"};
    const std::uint64_t ids[] = {world.gitlab().enqueue(polite), world.gitlab().enqueue(deaf)};
    world.start();
    for (const std::uint64_t id : ids) {
        REQUIRE(world.until(
            id, [](const FakeJob& job) { return has(job, "\nready-to-stop\n"); }, 60s));
        world.gitlab().cancel(id);
    }
    for (const std::uint64_t id : ids) {
        const FakeJob job = world.finish(id);
        INFO(plain(job.trace));
        CHECK(has(job, "script canceled externally"));
        CHECK(has(job, "\nstatus-is-canceled\n"));
        CHECK(has(job, "Job failed: canceled"));
        CHECK(job.state == "canceled");
        CHECK(job.updates.back() == "failed");
    }
    CHECK(has(world.gitlab().job(ids[0]), "cleaning up\ncleaned\n"));
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}

TEST_CASE("past its limit the log is cut, and the job goes on [JOB-107] [JOB-108] [AC-C04]")
{
    World world({.runner_yaml = "    output_limit: 64KiB\n"});
    PayloadSpec spec = world.job({"yes \xC3\xA9\xC3\xA9\xC3\xA9 | head -c 200000000 || true", // lines without a pause
                                  "head -c 200000000 /dev/zero | tr '\\0' x; touch /tmp/went-on"}); // and one line
    spec.after_script = {"test -e /tmp/went-on", "exit 9"};
    spec.variables.push_back({"AFTER_SCRIPT_IGNORE_ERRORS", "false"});
    const FakeJob job = world.finish(spec);
    CHECK(job.exit_code == 9); // the commands behind the limit ran
    CHECK(has(job, "exceeded limit of 65536 bytes"));
    CHECK(job.trace.size() < 70000);
    const std::string status = read_text("/proc/" + std::to_string(world.runner().pid()) + "/status");
    CHECK(std::stoul(status.substr(status.find("VmHWM:") + 6)) < 100000); // kB
    CHECK(job.trace_matches());
}
