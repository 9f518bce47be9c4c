#include "runner/job/journaled_end.h"
#include <catch2/catch_test_macros.hpp>

using namespace ysnp;
using gitlab::JobState;

namespace {

state::OpenJob left_behind(std::vector<state::StepRow> steps)
{
    state::OpenJob dead;
    dead.steps = std::move(steps);
    return dead;
}

state::OpenJob with_result(std::string value)
{
    return left_behind({{state::Step::stage, "step_script", {}}, {state::Step::result, std::move(value), {}}});
}

gitlab::JobUpdate failure(std::string reason, int exit_code)
{
    gitlab::JobUpdate update{.state = JobState::failed, .failure_reason = std::move(reason)};
    update.exit_code = exit_code;
    return update;
}

} // namespace

TEST_CASE("the end of a job comes out of the journal as it went in [JOB-206]")
{
    for (const gitlab::JobUpdate& end :
         {gitlab::JobUpdate{.state = JobState::success}, failure("script_failure", 3), failure("script_failure", 0),
          failure("runner_system_failure", 0), failure("job_execution_timeout", 0), failure("unknown_failure", 137)}) {
        const state::OpenJob dead = with_result(job::journaled_end(end));
        INFO(job::journaled_end(end));
        CHECK(job::ended(dead));
        const gitlab::JobUpdate read = job::end_of(dead);
        CHECK(read.state == end.state);
        CHECK(read.failure_reason == end.failure_reason);
        CHECK(read.exit_code == end.exit_code);
    }
}

TEST_CASE("a job that wrote no end down, or none that can be read, is never a success")
{
    std::vector<state::OpenJob> jobs{left_behind({}), left_behind({{state::Step::stage, "success", {}}}),
                                     left_behind({{state::Step::agent, "success", {}}})};
    for (const char* odd : {"", "Success", "success ", " success", "success 0", "script_failure x", "script_failure 3 ",
                            "script_failure 99999999999", "no_such_reason", "no_such_reason 1"})
        jobs.push_back(with_result(odd));
    for (const state::OpenJob& dead : jobs) {
        INFO(dead.last(state::Step::result).value_or("none"));
        CHECK_FALSE(job::ended(dead));
        CHECK(job::end_of(dead).state == JobState::failed);
        CHECK(job::end_of(dead).failure_reason == "runner_system_failure");
    }
}
