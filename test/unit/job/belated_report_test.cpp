#include "runner/job/belated_report.h"
#include "test/double/run.h"
#include "test/unit/trace/scripted_job.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using namespace std::chrono_literals;
using gitlab::JobState;
using gitlab::UpdateDisposition;
using state::Step;
using trace::ScriptedJob;

namespace {

state::OpenJob left_behind(std::vector<state::StepRow> steps)
{
    state::OpenJob dead;
    dead.steps = std::move(steps);
    return dead;
}

bool reports(ScriptedJob& gitlab, const state::OpenJob& dead, Deadline until = in(20s))
{
    boost::asio::io_context context{1};
    return test::run(context, job::report_belatedly(gitlab, dead, until, 1ms));
}

} // namespace

TEST_CASE("the reason goes to the end of the log that the journal knows of, and the job fails [JOB-206]")
{
    ScriptedJob gitlab;
    gitlab.stored = "so far\n";
    CHECK(reports(gitlab, left_behind({{Step::started, "c1", {}}, {Step::trace, "7", {}}})));
    CHECK(gitlab.count("PATCH") == 1);
    CHECK(gitlab.stored.starts_with("so far\n\n"));
    CHECK(gitlab.stored.find("the runner was stopped while the job ran") != std::string::npos);
    CHECK(gitlab.calls.back().what == "PUT failed");
    CHECK(gitlab.calls.back().update.failure_reason == "runner_system_failure");
}

TEST_CASE("a job whose container was never started says that nothing of it has run")
{
    ScriptedJob gitlab;
    CHECK(reports(gitlab, left_behind({{Step::container, "ysnp-1-a", {}}})));
    CHECK(gitlab.stored.find("nothing of it has run") != std::string::npos);
    CHECK(gitlab.calls.back().what == "PUT failed");
}

TEST_CASE("where GitLab has another part of the log than the journal knows of, its word counts")
{
    ScriptedJob gitlab;
    gitlab.stored = "so far, and more\n";
    gitlab.patch_replies = {ScriptedJob::moved(17)};
    CHECK(reports(gitlab, left_behind({{Step::trace, "7", {}}})));
    CHECK(gitlab.stored.starts_with("so far, and more\n\n"));
    CHECK(gitlab.count("PATCH 17-") == 1);
}

TEST_CASE("a GitLab that is away for long hears of the job when it is back, and of the reason once [JOB-206]")
{
    ScriptedJob gitlab;
    gitlab.patch_replies.assign(20, ScriptedJob::patched(gitlab::PatchDisposition::failed, 0));
    gitlab.update_replies.assign(40, ScriptedJob::updated(UpdateDisposition::failed, 0));
    gitlab.update_replies.push_back(ScriptedJob::updated(UpdateDisposition::done));
    gitlab.update_replies.push_back(ScriptedJob::updated(UpdateDisposition::again, 202));
    CHECK(reports(gitlab, left_behind({{Step::result, "success", {}}})));
    CHECK(gitlab.count("PATCH") == 21);
    CHECK(gitlab.count("PUT success") == 22);
    CHECK(gitlab.calls.back().what == "PUT success");
}

TEST_CASE("a job that is over at GitLab is told nothing, and one that nobody hears of is given up at the deadline")
{
    ScriptedJob over, away;
    over.update_replies = {ScriptedJob::updated(UpdateDisposition::aborted, 403)};
    CHECK(reports(over, left_behind({})));
    CHECK(over.calls.size() == 1);
    away.on_update = [](const gitlab::JobUpdate&) { return ScriptedJob::updated(UpdateDisposition::failed, 0); };
    CHECK_FALSE(reports(away, left_behind({}), in(50ms)));
    CHECK(away.count("PUT failed") >= 2);
}

TEST_CASE("GitLab can be told as long as the job's token may live, and five minutes at least")
{
    state::OpenJob dead;
    dead.job.timeout = 3600;
    const auto now = std::chrono::system_clock::now();
    dead.accepted_at = now - 30min;
    CHECK(job::heard_until(dead, now) > in(85min));
    CHECK(job::heard_until(dead, now) < in(95min));
    CHECK_FALSE(job::is_past_hearing(dead, now));
    dead.accepted_at = now - 24h;
    CHECK(job::heard_until(dead, now) > in(4min));
    CHECK(job::heard_until(dead, now) < in(6min));
    CHECK(job::is_past_hearing(dead, now));
}
