#include "net/failure.h"
#include "runner/agent/session.h"
#include "runner/job/agent_loss.h"
#include "test/unit/docker/fake_engine.h"

using namespace ysnp;
using namespace ysnp::docker;
using namespace std::chrono_literals;
using Blame = gitlab::FailureReason;

namespace {

const std::string inspect = "GET /containers/c1/json";

Reply state(const std::string& fields)
{
    return json(200, R"({"Id":"c1","Name":"/x","Image":"sha256:1","State":{)" + fields + "}}");
}

std::string lost(FakeEngine& fake, std::exception_ptr error)
{
    Engine engine = fake.engine();
    const job::JobError told = fake.run(job::agent_lost(engine, {"c1"}, std::move(error)));
    CHECK(told.reason() == Blame::runner_system_failure);
    return told.what();
}

const std::exception_ptr silent = std::make_exception_ptr(agent::Silence(93s));
const std::exception_ptr broken =
    std::make_exception_ptr(std::system_error(make_error_code(Error::unexpected_end), "the connection broke"));

/// What waiting for the first word throws; empty: the agent spoke.
std::string unheard(FakeEngine& fake, Event& heard)
{
    Engine engine = fake.engine();
    try {
        fake.run(job::expect_first_word(engine, {"c1"}, heard, soon(), {50ms, 50ms}));
    } catch (const job::JobError& error) {
        CHECK(error.reason() == Blame::runner_system_failure);
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("an agent that fell silent is a system failure that says for how long, and how its container is")
{
    FakeEngine fake;
    fake.on(inspect, state(R"("Status":"running")"));
    CHECK(lost(fake, silent) ==
          "the job's agent fell silent: it gave no answer for 93 s; its container is \"running\"");
    fake.replace(inspect, state(R"("Status":"paused")"));
    CHECK(lost(fake, silent).ends_with("; its container is \"paused\""));
    CHECK(lost(fake, broken).starts_with("the connection broke"));
    CHECK(job::outcome_of(silent).reason == Blame::runner_system_failure);
}

TEST_CASE("a container that ended says why")
{
    FakeEngine fake;
    fake.on(inspect, state(R"("Status":"exited","OOMKilled":true)"));
    CHECK(lost(fake, broken) == "the job's container ended by itself: it ran out of memory");
    fake.replace(inspect, state(R"("Status":"exited","ExitCode":137)"));
    CHECK(lost(fake, broken).ends_with("its first process was killed (exit code 137)"));
    fake.replace(inspect, json(404, R"({"message":"No such container"})"));
    CHECK(lost(fake, broken).ends_with("somebody removed it"));
    fake.replace(inspect, json(500, R"({"message":"busy"})"));
    CHECK(lost(fake, silent).find("the Engine does not say how its container is: ") != std::string::npos);
}

TEST_CASE("a started container without a word of its agent is a system failure soon [DK168]")
{
    FakeEngine fake;
    Event heard(fake.context.get_executor());
    fake.on(inspect, state(R"("Status":"created")"));
    CHECK(unheard(fake, heard) == "the Engine says that it started the container, but the container is \"created\"");
    fake.replace(inspect, state(R"("Status":"running")"));
    CHECK(unheard(fake, heard).ends_with("its container is \"running\""));
    heard.set();
    CHECK(unheard(fake, heard).empty());
}
