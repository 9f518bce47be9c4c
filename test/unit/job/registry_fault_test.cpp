#include "docker/image.h"
#include "gitlab-api/failure_reason.h"
#include "runner/job/outcome.h"
#include "test/unit/docker/fake_engine.h"

using namespace ysnp;

TEST_CASE("a registry that does not answer in time is asked again, and is nobody's mistake here [JOB-120]")
{
    docker::FakeEngine fake;
    fake.on(
        "POST /images/create",
        docker::json(500, R"({"message":"Get \"https://r.example.com/v2/\": dial tcp 192.0.2.1:443: i/o timeout"})"));
    docker::Engine engine = fake.engine();
    docker::ImageResolver resolver(fake.context.get_executor(), engine,
                                   {3, std::chrono::milliseconds(1), std::chrono::milliseconds(3)});
    const docker::Credentials nobody;
    const docker::EngineError error = docker::error_of(
        fake, resolver.resolve(
                  {"r.example.com/x:1", {}, {docker::PullPolicy::always}}, nobody, [](auto, auto) {}, docker::soon()));
    fake.run(resolver.stop());
    CHECK(fake.count("POST /images/create") == 3);
    const job::Outcome outcome = job::outcome_of(std::make_exception_ptr(error));
    CHECK(outcome.reason == gitlab::FailureReason::runner_external_dependency_failure);
    // A GitLab that does not list the class hears the next wider one.
    CHECK(gitlab::reason_for(outcome.reason, {"script_failure", "runner_system_failure"}) == "runner_system_failure");
    CHECK(outcome.verdict().find("i/o timeout") != std::string::npos);
}
