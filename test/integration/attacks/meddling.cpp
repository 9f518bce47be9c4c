#include "test/integration/attacks/engine_tap.h"
#include "test/integration/gate/site.h"
#include "test/integration/jobs/checks.h"
#include <unistd.h>

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

struct Deed {
    const char* says;
    const char* command; ///< of the docker client; $C is the job's container
};

/// The Engine lists a container that runs a little after its job has begun to work.
std::string with_container(World& world, std::uint64_t job, const Deed& deed)
{
    std::string id, command = deed.command;
    const auto listed = [&] {
        id = docker("ps -q --filter label=ysnp.job=" + std::to_string(job));
        return !id.empty();
    };
    REQUIRE(world.let(listed, 20s));
    command.replace(command.find("$C"), 2, id);
    return command;
}

void carry_out(const std::string& command)
{
    try {
        docker(command);
    } catch (const std::exception&) { // the container may be gone before the client is done
    }
}

/// A network of somebody else, as long as it lives.
struct OtherNetwork {
    const std::string name = "ysnp-test-other-" + std::to_string(::getpid());
    OtherNetwork() { docker("network create " + name); }
    ~OtherNetwork()
    {
        try {
            docker("network rm " + name);
        } catch (const std::exception&) { // the next run has another name
        }
    }
};

bool says(World& world, const std::string& text)
{
    return world.let([&] { return world.runner().log().find(text) != std::string::npos; }, 10s);
}

} // namespace

TEST_CASE("who else works on the container of a running job ends that job, loudly [AC-D09]")
{
    const OtherNetwork other;
    const std::string connect = "network connect " + other.name + " $C", connected = "connect to " + other.name;
    const Deed deeds[] = {
        {"exec_create: true\"", "exec $C true"},
        {"extract-to-dir", "cp /etc/hostname $C:/planted"},
        {"archive-path", "cp $C:/bin/sh - >/dev/null"},
        {"update", "update --cpus 1.5 $C"},
        {"commit", "commit --pause=false $C ysnp-test/committed:1"},
        {"rename", "rename $C ysnp-test-renamed"},
        {"pause", "pause $C"},
        {connected.c_str(), connect.c_str()},
    };
    World world({.concurrent = std::size(deeds), .network_mode = "job"});
    world.start();
    std::vector<std::uint64_t> ids;
    for (std::size_t i = 0; i < std::size(deeds); ++i)
        ids.push_back(world.gitlab().enqueue(world.job({"echo at-$(echo work)", "sleep 600"})));
    for (const std::uint64_t id : ids)
        REQUIRE(world.until(id, [](const FakeJob& job) { return has(job, "\nat-work\n"); }));
    for (std::size_t i = 0; i < std::size(deeds); ++i) carry_out(with_container(world, ids[i], deeds[i]));
    for (std::size_t i = 0; i < std::size(deeds); ++i) {
        const FakeJob job = world.finish(ids[i], 20s);
        INFO(deeds[i].says << "\n" << plain(job.trace) << "\n" << world.runner().log());
        CHECK(job.failure_reason == "runner_system_failure");
        CHECK(has(job, "Job failed (system failure): DCK-DRIFT: somebody else worked on the job's container"));
        CHECK(says(world, std::string("somebody else than the runner did \"") + deeds[i].says));
    }
    docker("rmi -f ysnp-test/committed:1");
    const FakeJob job = world.finish(world.job_with_sources({"echo still-fine"}));
    INFO(plain(job.trace));
    CHECK(job.state == "success");
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
    CHECK(audit_records(world, "DCK-DRIFT") == static_cast<int>(std::size(deeds)));
}

TEST_CASE("an Engine whose events cannot be read is warned of once, and jobs go on [AC-E07]")
{
    EngineTap tap;
    tap.intercept({.request = "GET /events*",
                   .times = -1,
                   .reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"});
    World world({.engine = tap.socket()});
    const FakeJob job = world.finish(world.job({"sleep 1", "echo ran"}));
    CHECK(job.state == "success");
    CHECK(world.stop() == 0);
    const std::string log = world.runner().log(), blind = "The Engine's events cannot be read";
    INFO(log);
    const std::size_t first = log.find(blind);
    REQUIRE(first != std::string::npos);
    CHECK(log.find(blind, first + 1) == std::string::npos);
    CHECK(tap.count("GET /events*") > 2);
}
