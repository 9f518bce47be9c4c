#include "net/task_group.h"
#include "runner/trace/acknowledge.h"
#include "runner/trace/rhythm.h"
#include "test/double/run.h"
#include "test/unit/trace/scripted_job.h"
#include <catch2/catch_test_macros.hpp>

namespace ysnp::trace {

namespace {

using namespace std::chrono_literals;
using gitlab::Acknowledgement;
using gitlab::JobStatus;
using gitlab::UpdateDisposition;

Acknowledgement acknowledged(ScriptedJob& job) { return test::run(acknowledge(job, in(10s))); }

} // namespace

TEST_CASE("touches follow the interval while somebody watches and never wait longer than a minute [TRC-23] [TRC-26]")
{
    CHECK(touch_after(3s) == 3s);
    CHECK(touch_after(10s) == 10s);
    CHECK(touch_after(11s) == 30s);
    CHECK(touch_after(45s) == 45s);
    CHECK(touch_after(60s) == 60s);
    CHECK(touch_after(900s) == 60s);
}

TEST_CASE("pauses before further tries double from a second to an hour [FIN-09]")
{
    CHECK(final_pause(1) == 1s);
    CHECK(final_pause(2) == 2s);
    CHECK(final_pause(5) == 16s);
    CHECK(final_pause(12) == 2048s);
    CHECK(final_pause(13) == 3600s);
    CHECK(final_pause(100) == 3600s);
}

TEST_CASE("an accepted patch ends a row of equal offsets [TRC-10]")
{
    Progress progress;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < most_equal_ranges - 1; ++i) advance(progress, ScriptedJob::moved(2), 10);
        CHECK(progress.sent == 2);
        CHECK_FALSE(progress.given_up);
        advance(progress, ScriptedJob::accepted(10), 10);
        CHECK(progress.sent == 10);
    }
    for (int i = 0; i < most_equal_ranges; ++i) advance(progress, ScriptedJob::moved(0), 10);
    CHECK(progress.given_up);
}

TEST_CASE("an acknowledged job starts, an unreachable GitLab does not keep it from starting [ACK-01] [ACK-06]")
{
    ScriptedJob job;
    CHECK(acknowledged(job) == Acknowledgement::start);
    CHECK(job.log() == "PUT running");
    ScriptedJob down;
    down.on_update = [](const auto&) { return ScriptedJob::updated(UpdateDisposition::failed, 500); };
    CHECK(acknowledged(down) == Acknowledgement::start);
    CHECK(down.calls.size() == 1);
}

TEST_CASE(
    "a job that is not ours any more does not start, and nothing more is sent [ACK-02] [ACK-03] [ACK-05] [ACK-09]")
{
    for (const auto& [status, job_status] : {std::pair{403u, JobStatus::absent},
                                             {404u, JobStatus::absent},
                                             {200u, JobStatus::canceled},
                                             {200u, JobStatus::failed}}) {
        ScriptedJob job;
        job.update_replies = {ScriptedJob::updated(UpdateDisposition::aborted, status, job_status)};
        CHECK(acknowledged(job) == Acknowledgement::drop);
        CHECK(job.calls.size() == 1);
    }
}

TEST_CASE("a job canceled before its start is told apart [ACK-04]")
{
    ScriptedJob job;
    job.update_replies = {ScriptedJob::updated(UpdateDisposition::done, 200, JobStatus::canceling)};
    CHECK(acknowledged(job) == Acknowledgement::canceled);
    CHECK(job.calls.size() == 1);
}

TEST_CASE("a refused acknowledgement is repeated once, then the job is dropped [ACK-07]")
{
    ScriptedJob job;
    job.on_update = [](const auto&) { return ScriptedJob::updated(UpdateDisposition::rejected, 400); };
    CHECK(acknowledged(job) == Acknowledgement::drop);
    CHECK(job.log() == "PUT running, PUT running");
    ScriptedJob second;
    second.update_replies = {ScriptedJob::updated(UpdateDisposition::rejected, 400)};
    CHECK(acknowledged(second) == Acknowledgement::start);
}

} // namespace ysnp::trace
