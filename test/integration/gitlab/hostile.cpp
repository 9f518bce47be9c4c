#include "test/integration/gate/site.h"
#include "test/integration/gitlab/secrets.h"
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

const char* const request_path = "/api/v4/jobs/request";

/// Resident memory of a process in MiB, at its highest.
long peak_memory(pid_t pid)
{
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with("VmHWM:")) return std::stol(line.substr(6)) / 1024;
    }
    return -1;
}

Fault reply_with(std::string body, const char* type = "application/json")
{
    Fault fault{.method = "POST", .path = request_path, .status = 201, .headers = {{"Content-Type", type}}};
    fault.body = std::move(body);
    return fault;
}

std::vector<Fault> hostile_replies()
{
    Fault raw{.method = "POST", .path = request_path}, huge = raw, slow = raw, many = raw;
    raw.raw = "HTTP/1.1 two hundred\r\n\x01\x02: \r\n\r\n";
    huge.huge_body = 2ull << 30;
    slow.raw = "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"id\": 7}";
    slow.trickle = 30ms;
    many.raw = "HTTP/1.1 201 Created\r\n";
    for (int i = 0; i < 20'000; ++i) many.raw += "X-H" + std::to_string(i) + ": y\r\n";
    many.raw += "Content-Length: 2\r\n\r\n{}";
    return {raw,
            huge,
            slow,
            many,
            reply_with(""),
            reply_with("<html>captive portal</html>", "text/html"),
            reply_with(R"({"id": 7, "token": "glcbt-x", "steps": [)"),
            reply_with(R"({"id": 7, "id": 8, "token": "x"})"),
            reply_with(R"({"id": "seven", "token": 1, "variables": {}})"),
            reply_with(std::string(200'000, '[')),
            reply_with(R"({"id": 7, "token": "x"} trailing)")};
}

} // namespace

TEST_CASE("whatever GitLab answers to a request for a job, the runner neither crashes, hangs nor swallows it whole "
          "[INV-14] [AC-P01] [AC-P04] [AC-P05] [AC-G06] [POL-22] [POL-23]")
{
    World world;
    const std::vector<Fault> replies = hostile_replies();
    for (const Fault& fault : replies) world.gitlab().add_fault(fault);
    const std::uint64_t id = world.gitlab().enqueue(world.job({"echo survived with $CI_JOB_TOKEN"}));
    const FakeJob job = world.finish(id, 120s);
    INFO(world.runner().log());
    CHECK(job.state == "success");
    CHECK(peak_memory(world.runner().pid()) < 128);
    const auto& requests = world.gitlab().server().requests();
    const auto asked = std::ranges::count_if(requests, [](const auto& r) { return r.path() == request_path; });
    CHECK(asked > static_cast<long>(replies.size())); // each was met
    // the digest of what the portal said, and no byte of it
    const char* const portal =
        R"("payload":{"bytes":27,"sha256":"3f2fc08156805074a3413d0315d46031e3c8b0424a587ca301eaf6b2d5267e82"})";
    CHECK(audit_records(world, portal) == 1);
    CHECK(audit_records(world, "captive") == 0);
    check_silence(world, job);
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}

TEST_CASE("a job whose payload has a wrong type is failed, with the field named [AC-P06] [ACK-11] [INV-3]")
{
    World world;
    PayloadSpec spec = world.job({"echo never"});
    spec.patch = R"({"git_info": {"depth": "twenty"}})";
    const FakeJob job = world.finish(spec);
    INFO(plain(job.trace));
    CHECK(job.state == "failed");
    CHECK(job.failure_reason == "script_failure"); // GitLab's data, not this host: nothing retries it by itself
    CHECK(plain(job.trace).find("git_info.depth") != std::string::npos);
    CHECK(plain(job.trace).find("Job failed (denied by policy): PAY-JSON") != std::string::npos);
    CHECK(job.updates == std::vector<std::string>{"running", "failed"});
    CHECK(audit_records(world, "\"job_id\":" + std::to_string(job.id)) == 1);
    check_silence(world, job);
    CHECK(objects_of(world).empty());
}

TEST_CASE("no redirect leads a credential to another origin [INV-7] [AC-G01] [NET-12]")
{
    World world;
    HttpServer elsewhere(world.executor(), [](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
        const std::string fine = json_reply(200, "{}");
        co_await peer.send(fine);
    });
    const auto redirect = [&](const char* method, const std::string& path, unsigned status, int skip) {
        world.gitlab().add_fault({.method = method,
                                  .path = path,
                                  .skip = skip,
                                  .times = 2,
                                  .status = status,
                                  .headers = {{"Location", elsewhere.url() + "/api/v4/x"}}});
    };
    redirect("POST", request_path, 307, 0);
    redirect("PATCH", "/api/v4/jobs/*/trace", 308, 0);
    redirect("PUT", "/api/v4/jobs/9*", 302, 1);
    redirect("GET", "*/info/refs", 301, 0);
    const FakeJob sources = world.finish(world.job_with_sources({"echo never"}), 90s);
    INFO(plain(sources.trace));
    CHECK(sources.state == "failed"); // the repository is where GitLab is, or nowhere
    const FakeJob job = world.finish(world.job({"echo survived"}), 90s);
    CHECK(job.state == "success");
    CHECK(job.trace_matches());
    CHECK(elsewhere.connections() == 0);
    check_silence(world, job, {sources.token});
}

TEST_CASE("a job that GitLab refuses to start, or cancels at its acknowledgement, makes nothing happen "
          "[ACK-02] [ACK-04] [ACK-05] [INV-1]")
{
    World world;
    const auto answer = [&](unsigned status, std::vector<ysnp::net::Header> headers) {
        world.gitlab().add_fault(
            {.method = "PUT", .path = "/api/v4/jobs/9*", .times = 1, .status = status, .headers = std::move(headers)});
    };
    answer(403, {});
    answer(200, {{"Job-Status", "canceled"}});
    std::vector<std::uint64_t> ids;
    for (int i = 0; i < 2; ++i) ids.push_back(world.gitlab().enqueue(world.job_with_sources({"echo never"})));
    const EngineWatch watch;
    world.start();
    const auto dropped = [&] {
        const std::string log = world.runner().log();
        const auto first = log.find("no longer wants");
        return first != std::string::npos && log.find("no longer wants", first + 1) != std::string::npos;
    };
    CHECK(world.let(dropped, 30s));
    for (const std::uint64_t id : ids) {
        CHECK(world.gitlab().job(id).updates.empty());
        CHECK(world.gitlab().job(id).trace.empty());
    }
    answer(200, {{"Job-Status", "canceling"}});
    const std::uint64_t canceling = world.gitlab().enqueue(world.job_with_sources({"echo never"}));
    const auto finals = [&] {
        const auto& requests = world.gitlab().server().requests();
        return std::ranges::count_if(requests, [&](const auto& r) {
            return r.method == "PUT" && r.path().ends_with(std::to_string(canceling)) &&
                   r.body.find("\"failed\"") != std::string::npos;
        });
    };
    CHECK(world.let([&] { return finals() > 0; }, 30s));
    world.gitlab().job(canceling).state = "canceling"; // as it is in a GitLab that says so
    CHECK(world.finish(canceling).state == "canceled");
    CHECK(world.stop() == 0);
    CHECK(watch.seen("label=" + label_of(world)).empty());
    CHECK(requests_beside_api(world).empty());
}

TEST_CASE("a cancel during the clone ends the job, one during after_script lets it complete [CAN-03] [CAN-04] [AC-G11]")
{
    World world;
    world.gitlab().add_fault({.path = "*/info/refs", .times = 1, .delay = 60s});
    PayloadSpec spec = world.job_with_sources({"echo script-$(echo ran)"});
    spec.after_script = {"echo after-$(echo ran)"};
    const std::uint64_t cloning = world.gitlab().enqueue(spec);
    world.start();
    REQUIRE(world.let([&] { return !requests_beside_api(world).empty(); }, 30s));
    world.gitlab().cancel(cloning);
    const FakeJob first = world.finish(cloning);
    INFO(plain(first.trace));
    CHECK(first.state == "canceled");
    CHECK(first.updates.back() == "failed");
    CHECK(plain(first.trace).find("-ran") == std::string::npos);

    PayloadSpec late = world.job({"true"});
    late.after_script = {"echo after-$(echo runs); sleep 3; echo after-$(echo ends)"};
    const std::uint64_t after = world.gitlab().enqueue(late);
    const auto shows = [](const char* text) {
        return [text](const FakeJob& job) { return plain(job.trace).find(text) != std::string::npos; };
    };
    REQUIRE(world.until(after, shows("\nafter-runs")));
    world.gitlab().cancel(after);
    const FakeJob second = world.finish(after);
    INFO(plain(second.trace));
    CHECK(shows("\nafter-ends")(second));
    CHECK(world.stop() == 0);
    CHECK(objects_of(world).empty());
}
