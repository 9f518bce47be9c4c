#include "test/double/http_server.h"
#include "test/integration/gate/registry.h"
#include "test/integration/jobs/checks.h"
#include "test/integration/loopback.h"

using namespace ysnp::test;
using namespace std::chrono_literals;

namespace {

/// A job with an image of the registry that has to be pulled.
PayloadSpec pulling(World& world, const std::string& image)
{
    PayloadSpec spec = world.job({"echo ran"});
    spec.image = image;
    spec.patch = R"({"image": {"pull_policy": ["always"]}})";
    return spec;
}

} // namespace

TEST_CASE("an image that does not exist is warned of and fails the job before its scripts [JOB-119]")
{
    Registry& registry = Registry::here();
    World world({.docker_yaml = "      allowed_pull_policies: [always, if-not-present]\n"});
    const FakeJob job = world.finish(pulling(world, registry.repository() + ":not-there"));
    INFO(job.trace);
    CHECK(job.failure_reason == "runner_configuration_error");
    CHECK(has_bytes(job, "\x1b[0;33mWARNING: Failed to pull image with policy \"always\": "));
    CHECK((has(job, "not found") || has(job, "manifest unknown")));
    CHECK_FALSE(has_bytes(job, ":step_script\r"));
    CHECK_FALSE(has(job, "Attempt #2"));
}

TEST_CASE("DOCKER_AUTH_CONFIG of the job is used before what GitLab sent, and the log says so [JOB-199]")
{
    Registry& registry = Registry::here();
    World world({.docker_yaml = "      allowed_pull_policies: [always, if-not-present]\n"});
    PayloadSpec sent = pulling(world, registry.tag());
    const std::string host = registry.tag().substr(0, registry.tag().find('/'));
    sent.patch = R"({"image": {"pull_policy": ["always"]}, "credentials": [{"type": "registry", "url": ")" + host +
                 R"(", "username": "u", "password": "of-the-payload"}]})";
    PayloadSpec own = sent;
    // user:secret-of-own
    own.variables.push_back(
        {"DOCKER_AUTH_CONFIG", R"({"auths": {")" + host + R"(": {"auth": "dXNlcjpzZWNyZXQtb2Ytb3du"}}})"});
    const std::uint64_t ids[] = {world.gitlab().enqueue(own), world.gitlab().enqueue(sent)};
    const FakeJob of_job = world.finish(ids[0]);
    INFO(plain(of_job.trace));
    CHECK(of_job.state == "success");
    CHECK(has(of_job, "Authenticating with credentials from $DOCKER_AUTH_CONFIG\n"));
    CHECK_FALSE(has(of_job, "job payload"));
    const FakeJob of_payload = world.finish(ids[1]);
    INFO(plain(of_payload.trace));
    CHECK(of_payload.state == "success");
    CHECK(has(of_payload, "Authenticating with credentials from job payload (GitLab Registry)\n"));
}

TEST_CASE("prepare_timeout ends a job whose image does not come, and frees its place")
{
    need_loopback(); // the Engine asks a registry on this host that never answers
    World world({.runner_yaml = "    prepare_timeout: 3s\n",
                 .docker_yaml = "      allowed_pull_policies: [always, if-not-present]\n"});
    HttpServer mute(world.executor(), [](Peer& peer, const Recorded&) -> boost::asio::awaitable<void> {
        const bool gone = co_await peer.closed(ysnp::in(60s));
        (void)gone;
    });
    const std::string address = mute.url().substr(mute.url().find("//") + 2);
    const FakeJob job = world.finish(pulling(world, address + "/acme/never:1"), 40s);
    INFO(plain(job.trace));
    CHECK(job.failure_reason == "job_execution_timeout");
    CHECK(has(job, "Job failed: prepare timeout: exceeded timeout of 3s"));
    CHECK_FALSE(has(job, "$ echo ran"));
    CHECK(world.finish(world.job({"echo fine"})).state == "success");
    CHECK(world.stop() == 0);
    CHECK(remains_of(world).empty());
}
