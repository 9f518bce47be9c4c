#include "test/integration/approvals/desk.h"
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

int count(const std::string& text, const std::string& part)
{
    int found = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

void approved_after_restart(ApprovalDesk& desk, std::uint64_t id)
{
    const std::string request = desk.request_of(id);
    CHECK_FALSE(desk.world().gitlab().job(id).finished());
    CHECK(desk.stands(request));
    desk.answer(desk.person("bob"), request, "approve", "while you were away");
    desk.world().start();
    const FakeJob job = desk.world().finish(id);
    const std::string log = plain(job.trace);
    INFO(log);
    CHECK(job.state == "success");
    CHECK(job.trace_matches());
    CHECK(count(log, "Waiting for approval: request ") == 2); // said anew, nothing lost, nothing twice
    CHECK(count(log, "\ndeployed by deploy\n") == 1);
    CHECK(count(log, "Running with ysnprunner") == 1);
    CHECK(audit_records(desk.world(), "\"kind\":\"request\"") == 1);
    CHECK(audit_records(desk.world(), "\"kind\":\"start\"") == 1);
    CHECK(desk.world().stop() == 0);
    CHECK(objects_of(desk.world()).empty());
    CHECK(std::filesystem::is_empty(desk.world().runtime() / "secrets"));
}

/// What a job printed after `name=`.
long long printed(const FakeJob& job, const std::string& name)
{
    const std::string log = plain(job.trace);
    const auto at = log.find("\n" + name + "=");
    REQUIRE(at != std::string::npos);
    return std::stoll(log.substr(at + name.size() + 2));
}

} // namespace

TEST_CASE("killed while a job waits, the runner goes on waiting after a restart, and the job runs once [AC-A26]")
{
    ApprovalDesk desk;
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    desk.world().runner().signal(SIGKILL);
    CHECK(desk.world().runner().wait(10s) == 128 + SIGKILL);
    approved_after_restart(desk, id);
}

TEST_CASE("a graceful stop leaves waiting jobs to the next start")
{
    ApprovalDesk desk;
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    CHECK(desk.world().stop() == 0);
    approved_after_restart(desk, id);
}

TEST_CASE(
    "a graceful stop lets an approved job finish that runs already; one with the same content need not wait for it")
{
    ApprovalDesk desk;
    PayloadSpec spec = desk.deploy();
    spec.script = {"echo begun", "sleep 3", "echo deployed by $CI_JOB_NAME"};
    const std::uint64_t id = desk.queue_waiting(spec);
    const std::uint64_t next = desk.world().gitlab().enqueue(spec);
    REQUIRE(desk.log_says(next, "Another job with the same content waits"));
    desk.answer(desk.person("bob"), desk.request_of(id), "approve", "go");
    REQUIRE(desk.log_says(id, "\nbegun"));
    CHECK(desk.log_says(next, "Waiting for approval: request ", 2s));
    CHECK_FALSE(desk.world().gitlab().job(id).finished());
    CHECK(desk.world().stop() == 0);
    const FakeJob job = desk.world().gitlab().job(id);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK_FALSE(desk.world().gitlab().job(next).finished());
}

TEST_CASE("after a reboot the payload is lost: nothing runs, and the request is withdrawn [AC-A26]")
{
    ApprovalDesk desk;
    const std::uint64_t id = desk.queue_waiting(desk.deploy());
    const std::string request = desk.request_of(id);
    desk.world().runner().signal(SIGKILL);
    CHECK(desk.world().runner().wait(10s) == 128 + SIGKILL);
    std::filesystem::remove_all(desk.world().runtime() / "secrets");
    desk.answer(desk.person("bob"), request, "approve", "too late");
    desk.world().start();
    CHECK(desk.world().let([&] { return !desk.stands(request); }, 20s));
    CHECK(desk.world().runner().says("A job that waited for approval cannot go on", 5s));
    CHECK(desk.world().stop() == 0);
    CHECK(plain(desk.world().gitlab().job(id).trace).find("deployed by") == std::string::npos);
}

TEST_CASE(
    "jobs that pass by themselves after a restart take places like any other, also one that nobody was asked about")
{
    ApprovalDesk desk;
    PayloadSpec spec = desk.deploy();
    spec.script = {"echo from=$(cat /proc/uptime | tr -d . | cut -d ' ' -f 1)", "sleep 1",
                   "echo to=$(cat /proc/uptime | tr -d . | cut -d ' ' -f 1)"};
    const std::uint64_t first = desk.queue_waiting(spec);
    const std::uint64_t second = desk.world().gitlab().enqueue(spec);
    REQUIRE(desk.log_says(second, "Another job with the same content waits for approval"));
    const std::string request = desk.request_of(first);
    desk.world().runner().signal(SIGKILL);
    CHECK(desk.world().runner().wait(10s) == 128 + SIGKILL);
    desk.vault().put("acme/tools/hello/ysnp_policy",
                     R"({"version":1,"jobs":{"deploy":{"checks":[{"name":"dateTimeCheck","scale":"daily"}]}}})");
    desk.world().start();
    const FakeJob one = desk.world().finish(first), other = desk.world().finish(second);
    INFO(plain(one.trace) << plain(other.trace));
    REQUIRE(one.state == "success");
    REQUIRE(other.state == "success");
    const bool apart = printed(one, "to") <= printed(other, "from") || printed(other, "to") <= printed(one, "from");
    CHECK(apart); // concurrent: 1
    CHECK(desk.world().stop() == 0);
    CHECK(std::filesystem::is_empty(desk.world().runtime() / "secrets"));
}

TEST_CASE(
    "a job that waits while the configuration is replaced keeps the one that it was taken with, and the audit chain "
    "says which that was [AC-L02]")
{
    ApprovalDesk desk;
    World& world = desk.world();
    PayloadSpec spec = desk.deploy();
    spec.script = {"echo \"[$FROM_RELOAD]\""};
    const std::uint64_t id = desk.queue_waiting(spec);
    write_text(world.config(), read_text(world.config()) + "    environment: { FROM_RELOAD: \"yes-it-is\" }\n");
    world.runner().signal(SIGHUP);
    REQUIRE(world.let(
        [&] { return world.runner().log().find("The configuration was reloaded: ") != std::string::npos; }, 20s));
    desk.answer(desk.person("bob"), desk.request_of(id), "approve", "go");
    const FakeJob job = world.finish(id);
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(plain(job.trace).find("\n[]\n") != std::string::npos);
    const FakeJob later = world.finish(desk.free());
    CHECK(later.state == "success");
    const auto configurations = [&](std::uint64_t of) {
        std::set<std::string> found;
        std::istringstream lines(read_text(world.audit()));
        for (std::string line; std::getline(lines, line);) {
            const nlohmann::json record = nlohmann::json::parse(line);
            if (record.at("kind") == "decision" && record.at("job_id") == of)
                found.insert(record.at("body").at("configuration").get<std::string>());
        }
        return found;
    };
    REQUIRE(configurations(id).size() == 1);
    CHECK(configurations(id).begin()->starts_with("sha256:"));
    REQUIRE(configurations(later.id).size() == 1);
    CHECK(configurations(id) != configurations(later.id));
}
