#include "test/integration/approvals/desk.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <nlohmann/json.hpp>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

bool has(const FakeJob& job, const std::string& text)
{
    UNSCOPED_INFO(plain(job.trace));
    return words(job.trace).find(text) != std::string::npos;
}

} // namespace

TEST_CASE("a job that needs approval waits without a place and runs once a person approved it [AC-A15]")
{
    ApprovalDesk desk;
    const std::string bob = desk.person("bob");
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    const std::string request = desk.request_of(id);
    CHECK(desk.stands(request));
    CHECK(objects_of(desk.world()).empty());
    CHECK(desk.world().finish(desk.free()).state == "success"); // the only place is free meanwhile
    CHECK(requests_beside_api(desk.world()).empty());
    desk.answer(bob, request, "approve", "CHG-4711");
    const FakeJob job = desk.world().finish(id);
    CHECK(job.state == "success");
    CHECK(has(job, "deployed by deploy"));
    CHECK(has(job, "approved by bob: CHG-4711"));
    CHECK(job.trace_matches());
    for (const char* kind : {"\"kind\":\"request\"", "\"kind\":\"approval\"", "\"kind\":\"start\""})
        CHECK(audit_records(desk.world(), kind) == 1);
    CHECK(audit_records(desk.world(), desk.entity(bob)) == 3); // the approval, the decision, the start
    CHECK(desk.stands(request));                               // people can look it up
    CHECK(desk.world().stop() == 0);
}

TEST_CASE("one denial ends the wait at once, and the request is withdrawn")
{
    ApprovalDesk desk;
    const std::string bob = desk.person("bob");
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    desk.answer(bob, desk.request_of(id), "deny", "not before Monday");
    const FakeJob job = desk.world().finish(id);
    CHECK(job.state == "failed");
    CHECK(job.failure_reason == "script_failure");
    CHECK(has(job, "denied by bob: not before Monday"));
    CHECK(has(job, "(denied by policy): USR-DENIED"));
    CHECK_FALSE(has(job, "deployed by"));
    CHECK_FALSE(desk.stands(desk.request_of(id)));
    CHECK(audit_records(desk.world(), "\"kind\":\"denial\"") == 1);
    CHECK(objects_of(desk.world()).empty());
}

TEST_CASE("nobody answers in time: the job is refused, and an approval that comes later starts nothing [AC-A27]")
{
    ApprovalDesk desk(R"({"quorum":1})", "  approval: { wait: 3s }\n");
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    const FakeJob job = desk.world().finish(id);
    CHECK(job.state == "failed");
    CHECK(has(job, "(denied by policy): USR-TIMEOUT"));
    CHECK_FALSE(has(job, "deployed by"));
    CHECK_FALSE(desk.stands(desk.request_of(id)));
}

TEST_CASE("one person counts once, the one who started the job not at all, nor anybody outside the groups "
          "[AC-A18] [AC-A19] [AC-A20]")
{
    ApprovalDesk desk(R"({"quorum":2,"groups":["ops"],"not_requester":true})");
    const std::string ada = desk.person("ada"), bob = desk.person("bob"), carol = desk.person("carol"),
                      eve = desk.person("eve");
    const nlohmann::json ops{{"name", "ops"},
                             {"member_entity_ids", {desk.entity(ada), desk.entity(bob), desk.entity(eve)}}};
    desk.vault().administer("POST", "identity/group", ops.dump());
    const std::string bob_again = desk.vault().second_login("bob", desk.entity(bob));
    REQUIRE(desk.entity(bob_again) == desk.entity(bob));
    const std::uint64_t id = desk.queue_waiting(desk.deploy()); // by ada
    const std::string request = desk.request_of(id);
    desk.answer(ada, request, "approve", "my own");
    desk.answer(carol, request, "approve", "not of ops");
    desk.answer(bob, request, "approve", "looks good");
    CHECK(desk.log_says(id, "approval of ada does not count: USR-SELF"));
    CHECK(desk.log_says(id, "approval of carol does not count: USR-DENIED"));
    desk.answer(bob_again, request, "approve", "still good");
    CHECK(desk.log_says(id, "bob approves: still good"));
    CHECK_FALSE(desk.world().gitlab().job(id).finished());
    desk.answer(eve, request, "approve", "fine");
    const FakeJob job = desk.world().finish(id);
    CHECK(job.state == "success");
    CHECK(audit_records(desk.world(), "\"kind\":\"approval\"") == 2);
}

TEST_CASE("policy that became stricter while the job waited refuses it, approved or not [AC-A21]")
{
    ApprovalDesk desk;
    const std::string bob = desk.person("bob");
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    desk.set_policy(R"({"quorum":1})", R"(,"refs":["refs/heads/release"])");
    desk.answer(bob, desk.request_of(id), "approve", "fine");
    const FakeJob job = desk.world().finish(id);
    CHECK(job.state == "failed");
    CHECK(has(job, "(denied by policy): POL-CONDITION"));
    CHECK_FALSE(has(job, "deployed by"));
    CHECK_FALSE(desk.stands(desk.request_of(id)));
}

TEST_CASE(
    "an approval until a date serves as many later jobs as policy says, counted in Vault over restarts; then people "
    "are asked again [AC-L09]")
{
    ApprovalDesk desk(R"({"quorum":1,"valid_for":3600,"max_uses":2})");
    const std::string bob = desk.person("bob"), folder = "acme/tools/hello/approvals/";
    const std::uint64_t first = desk.queue_waiting(desk.deploy());
    const std::string request = desk.request_of(first);
    desk.answer(bob, request, "approve", "this week", 30min);
    CHECK(desk.world().finish(first).state == "success");
    CHECK(desk.vault().get_or(folder + request + "/used/1", "none") == "none"); // its own job uses up nothing
    const std::uint64_t second = desk.world().gitlab().enqueue(desk.deploy());
    const FakeJob served = desk.world().finish(second);
    CHECK(served.state == "success");
    CHECK(has(served, "approved by bob: this week"));
    CHECK_FALSE(desk.stands(desk.request_of(second))); // nobody has to look at it
    CHECK(desk.world().stop() == 0);
    desk.world().start();
    CHECK(desk.world().finish(desk.deploy()).state == "success");
    CHECK(desk.vault().get_or(folder + request + "/used/2", "none").find("job_id") != std::string::npos);
    const std::uint64_t fourth = desk.queue_waiting(desk.deploy());
    CHECK(desk.log_says(fourth, "it has served 2 jobs, policy's max_uses is 2"));
    CHECK(desk.stands(desk.request_of(fourth)));
    CHECK_FALSE(desk.world().gitlab().job(fourth).finished());
}

TEST_CASE("people who denied a job twice are not asked about the same again for a while, also after a restart; about "
          "another content they are [AC-A23]")
{
    ApprovalDesk desk;
    const std::string bob = desk.person("bob");
    const auto denied = [&] {
        const std::uint64_t id = desk.queue_waiting(desk.deploy());
        desk.answer(bob, desk.request_of(id), "deny", "no");
        return desk.world().finish(id);
    };
    CHECK(has(denied(), "denied by bob: no"));
    CHECK(has(denied(), "denied by bob: no"));
    CHECK(desk.world().stop() == 0);
    desk.world().start();
    const FakeJob third = desk.world().finish(desk.deploy());
    CHECK(third.state == "failed");
    CHECK(third.failure_reason == "script_failure");
    CHECK(has(third, "(denied by policy): USR-DENIED"));
    CHECK(has(third, "a pause of 5 min before people are asked about the same again"));
    CHECK(has(third, "denied 2 times, unanswered 0 times in the last day"));
    CHECK(has(third, "retry the job after 20"));
    CHECK_FALSE(has(third, "Waiting for approval"));
    CHECK(audit_records(desk.world(), "\"kind\":\"request\"") == 2);
    PayloadSpec other = desk.deploy();
    other.script = {"echo something else"};
    const std::uint64_t id = desk.queue_waiting(other);
    CHECK(desk.stands(desk.request_of(id)));
}

TEST_CASE("jobs with the same content ask one after the other, and no more wait than the host allows [AC-A23]")
{
    ApprovalDesk desk(R"({"quorum":1})", "  approval: { wait: 30m, max_waiting: 2 }\n");
    const std::uint64_t first = desk.queue_waiting(desk.deploy());
    const std::uint64_t second = desk.world().gitlab().enqueue(desk.deploy());
    REQUIRE(desk.log_says(second, "Another job with the same content waits"));
    const FakeJob third = desk.world().finish(desk.deploy());
    CHECK(has(third, "at most 2 jobs of this host"));
    CHECK(third.state == "failed");
    desk.world().gitlab().cancel(first);
    CHECK(desk.world().finish(first).state == "canceled");
    CHECK_FALSE(desk.stands(desk.request_of(first)));
    CHECK(desk.log_says(second, "Waiting for approval: request "));
    CHECK(desk.stands(desk.request_of(second)));
    desk.world().runner().signal(SIGTERM); // pending: refused [AC-L08]
    const FakeJob ended = desk.world().finish(second);
    CHECK(ended.failure_reason == "runner_interrupted");
    CHECK_FALSE(has(ended, "deployed by"));
    CHECK(desk.world().runner().wait(20s) == 0);
    CHECK_FALSE(desk.stands(desk.request_of(second)));
}
